"""What must always be true of commercial facts: `firstwin verify` runs these."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

from django.db.models import F, Q

from firstwin.core.errors import Refused
from firstwin.core.invariants import register_invariant
from firstwin.revenue.models import (
    Charge,
    ChurnKind,
    ChurnRecord,
    Interval,
    Invoice,
    InvoiceKind,
    InvoiceState,
    PaymentKind,
    PaymentMethod,
    Product,
    SubscriptionLine,
)
from firstwin.revenue.prices import recurring

_SHOWN = 20
_RECORD = ("source", "external_id")
_KINDS: tuple[tuple[Any, str, str], ...] = (
    (SubscriptionLine, "starts_on", "ends_on"),
    (Invoice, "valid_from", "valid_to"),
    (PaymentMethod, "valid_from", "valid_to"),
)


def pieces_do_not_overlap(now: datetime) -> list[str]:
    """The standing pieces of a record follow each other without overlap or gap, and belong to one account."""
    return _bounded(problem for kind in _KINDS for problem in _overlaps(*kind))


def _overlaps(model: Any, starts: str, ends: str) -> Iterator[str]:
    names = (*_RECORD, "account_id", starts, ends)
    rows = model.objects.standing().order_by(*_RECORD, starts, "pk").values_list(*names)
    label = model._meta.verbose_name
    for (source, external_id), pieces in groupby(rows.iterator(chunk_size=10_000), key=lambda row: row[:2]):
        held = list(pieces)
        if len({row[2] for row in held}) > 1:
            yield f"{label} {external_id} of {source}: it belongs to more than one account at a time"
        if any(one[4] is None or one[4] != other[3] for one, other in pairwise(held)):
            yield f"{label} {external_id} of {source}: its pieces do not follow each other"


def beliefs_do_not_overlap(now: datetime) -> list[str]:
    """No row stood down before it was known."""
    found = []
    for model in (*(kind[0] for kind in _KINDS), ChurnRecord):
        wrong = model.objects.filter(known_until__lt=F("known_at")).values_list("pk", flat=True)[:_SHOWN]
        found += [f"{model._meta.verbose_name} row {pk} stood down before it was known" for pk in wrong]
    return _bounded(found)


def money_follows_price(now: datetime) -> list[str]:
    """mrr and arr of every piece are what its amount and period give, over the days of its whole line."""
    names = (*_RECORD, "starts_on", "ends_on", "charge", "is_trial", "amount_minor", "price_period", "mrr_minor",
             "arr_minor")  # fmt: skip
    rows = SubscriptionLine.objects.standing().order_by(*_RECORD, "starts_on", "pk").values_list(*names)
    return _bounded(_wrong_money(rows.iterator(chunk_size=10_000)))


def _wrong_money(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    for (source, external_id), pieces in groupby(rows, key=lambda row: row[:2]):
        held = list(pieces)
        start, end = held[0][2], held[-1][3]
        for *_, charge, is_trial, amount, period, mrr, arr in held:
            if (mrr, arr) != _money(charge, is_trial, amount, period, start, end):
                yield f"line {external_id} of {source}: its monthly or yearly amount does not follow from its price"
                break


def _money(charge: str, is_trial: bool, amount: int, period: str, start: Any, end: Any) -> tuple[int, int] | None:
    if is_trial or charge != Charge.RECURRING:
        return 0, 0
    try:
        return recurring(amount, period, start, end)
    except Refused:
        return None


def words_are_legal(now: datetime) -> list[str]:
    """States, kinds and charges are ones we know; a product that was merged is not merged into one that was."""
    found: list[str] = []
    for model, column, known in (
        (SubscriptionLine, "charge", Charge.values),
        (SubscriptionLine, "billing_interval", [*Interval.values, ""]),
        (Invoice, "state", InvoiceState.values),
        (Invoice, "kind", InvoiceKind.values),
        (PaymentMethod, "kind", PaymentKind.values),
        (ChurnRecord, "kind", ChurnKind.values),
    ):
        odd = model._default_manager.exclude(**{f"{column}__in": known}).values_list("pk", column)[:_SHOWN]
        found += [f"{model._meta.verbose_name} row {pk}: {column} {word!r} is unknown" for pk, word in odd]
    chained = Product.objects.filter(Q(merged_into__merged_into__isnull=False)).values_list("key", flat=True)
    return _bounded([*found, *(f"product {key} is merged into one that was merged" for key in chained)])


def register_all() -> None:
    """Called once, when the app is ready."""
    register_invariant("revenue.pieces", "Pieces of a record follow each other", pieces_do_not_overlap)
    register_invariant("revenue.beliefs", "Nothing stood down before it was known", beliefs_do_not_overlap)
    register_invariant("revenue.money", "MRR and ARR follow from prices", money_follows_price)
    register_invariant("revenue.words", "Commercial states are legal", words_are_legal)


def _bounded(problems: Iterable[str]) -> list[str]:
    found: list[str] = []
    more = 0
    for problem in problems:
        if len(found) < _SHOWN:
            found.append(problem)
        else:
            more += 1
    return [*found, f"… and {more:,} more"] if more else found
