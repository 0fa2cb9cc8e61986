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
from firstwin.ui.filters import number
from firstwin.ui.grid import Column


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


def foot_of(totals: Totals, fields: Sequence[Field]) -> Sequence[tuple[str, str, str]]:
    """(words, kind, explanation) under each column."""
    return [_under(field, totals.columns.get(field.key)) for field in fields]


def _under(field: Field, total: Total | None) -> tuple[str, str, str]:
    kind = "num" if ListColumn(field).is_number else "lead" if field.key == NAME else "text"
    if total is None or total.mean is None:
        return ("", kind, "")
    mean = _mean(field, total.mean)
    if total.is_mean_shown:
        return (f"⌀ {mean}", kind, f"Average of {total.known:,} accounts")
    if field.key == "issues":
        return (number(total.sum), kind, f"In all; {mean} per account")
    words = _words(field, total.sum)
    return (words, kind, f"Sum of {total.known:,} accounts; average {mean}")


def _words(field: Field, total: float) -> str:
    if field.kind is Kind.MONEY:
        return Money(round(total), field.unit).format(decimals=False)
    return number(total, 0 if float(total).is_integer() else 1)


def _mean(field: Field, mean: float) -> str:
    if field.kind is Kind.MONEY:
        return Money(round(mean), field.unit).format(decimals=False)
    return number(mean, 1)


_CARD = 3
"""Values on the second line of a card, beside the name and the one at its end."""


@dataclass(frozen=True)
class Shape:
    """How a column's cells are drawn. card: where they stand when a row is a card on a phone."""

    kind: str
    card: str
    label: str
    is_editable: bool


def shapes_of(fields: Sequence[Field]) -> Sequence[Shape]:
    """Of every column but the name."""
    shapes = []
    for place, field in enumerate(fields[1:]):
        column = ListColumn(field)
        kind = "num" if column.is_number else "date" if field.kind is Kind.DATE else "text"
        is_end = field.key == "issues"
        card = "end" if is_end else "line" if place < _CARD or field.kind is Kind.DAYS else "hide"
        # A bare figure means nothing on a card, a person or a word does.
        label = field.label if kind != "text" else ""
        shapes.append(Shape(kind, card, label, is_editable(field)))
    return shapes


def is_editable(field: Field) -> bool:
    """Whether a person may change it in its place: what is stated, not what is counted."""
    return field.key in (NAME, "owner", "tags") or str(field.display).startswith("attributes__")
