"""The head and the foot of the list's grid."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstwin.accounts.listing.cells import ListColumn
from firstwin.accounts.listing.columns import NAME, sort_path
from firstwin.accounts.listing.order import Order
from firstwin.accounts.listing.state import ListState
from firstwin.accounts.listing.totals import Total, Totals
from firstwin.core.fields import Field, Kind
from firstwin.core.money import Money
from firstwin.ui.filters import money, number
from firstwin.ui.grid import Column

SHORT_FROM = 10_000_000
"""Amounts from here on are written short ($12.3M), in the list and under it."""


def head_of(state: ListState) -> Sequence[Column]:
    return [_column(field, state) for field in state.columns]


def _column(field: Field, state: ListState) -> Column:
    column = ListColumn(field)
    is_sorted = state.order.field.key == field.key
    kind = "lead" if field.key == NAME else "num" if column.is_number else "date" if field.kind is Kind.DATE else "text"
    return Column(
        label=field.label,
        kind=kind,  # type: ignore[arg-type]
        sort_url=_sort_url(field, state),
        sorted="" if not is_sorted else "desc" if state.order.is_descending else "asc",
        help=field.help,
    )


def _sort_url(field: Field, state: ListState) -> str:
    """A first click sorts words upwards and figures downwards; the next click turns it round."""
    path = sort_path(field)
    if path is None:
        return ""
    if state.order.field.key == field.key:
        is_descending = not state.order.is_descending
    else:
        is_descending = field.kind in (Kind.NUMBER, Kind.MONEY, Kind.DAYS, Kind.SHARE)
    return state.url(order=Order(field, path, is_descending))


def foot_of(totals: Totals | None, fields: Sequence[Field]) -> Sequence[tuple[str, str, str]]:
    """(words, kind, explanation) under each column; no words while the totals are not known."""
    return [_under(field, totals.columns.get(field.key) if totals else None) for field in fields]


def _under(field: Field, total: Total | None) -> tuple[str, str, str]:
    kind = "num" if ListColumn(field).is_number else "lead" if field.key == NAME else "text"
    if total is None or total.mean is None:
        return ("", kind, "")
    mean = _mean(field, total.mean)
    if total.is_mean_shown:
        return (f"avg {mean}", kind, f"Average of {total.known:,} accounts")
    if field.key == "issues":
        return (number(total.sum), kind, f"In all; {mean} per account")
    words = _words(field, total.sum)
    exact = Money(round(total.sum), field.unit).format() if field.kind is Kind.MONEY else words
    return (words, kind, f"Sum of {total.known:,} accounts: {exact}; average {mean}")


def _words(field: Field, total: float) -> str:
    if field.kind is Kind.MONEY:
        amount = Money(round(total), field.unit)
        return money(amount, short=abs(amount.major) >= SHORT_FROM)
    return number(total, 0 if float(total).is_integer() else 1)


def _mean(field: Field, mean: float) -> str:
    if field.kind is Kind.MONEY:
        return Money(round(mean), field.unit).format(decimals=False)
    return number(mean, 1)


@dataclass(frozen=True)
class Shape:
    """How a column's cells are drawn. card: where they stand when a row is a card on a phone."""

    kind: str
    card: str
    label: str
    is_editable: bool


def shapes_of(fields: Sequence[Field]) -> Sequence[Shape]:
    """Of every column but the name."""
    on_card = _on_card(fields[1:])
    return [_shape(field, on_card) for field in fields[1:]]


def _shape(field: Field, on_card: Sequence[Field]) -> Shape:
    kind = "num" if ListColumn(field).is_number else "date" if field.kind is Kind.DATE else "text"
    card = "end" if field.key == "issues" else "line" if field in on_card else "hide"
    # A bare figure means nothing on a card; a person or a word does.
    return Shape(kind, card, field.label if kind != "text" else "", is_editable(field))


def _on_card(fields: Sequence[Field]) -> Sequence[Field]:
    """The two values on the second line of a card: who looks after it and how long ago, where the list shows them."""
    told = [field for field in fields if field.key != "issues"]
    first = sorted(told, key=lambda field: (field.kind is not Kind.PERSON, field.kind is not Kind.DAYS))
    return first[:2]


def is_editable(field: Field) -> bool:
    """Whether a person may change it in its place: what is stated, not what is counted."""
    return field.key in (NAME, "owner", "tags") or str(field.display).startswith("attributes__")
