"""Invoices as a source tells them: open from the day they were issued, then what became of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter

from django.db import transaction

from firstwin.accounts.actions.receive import Received
from firstwin.accounts.actions.revision import bump_revision
from firstwin.core.clock import start_of
from firstwin.core.currencies import EXPONENTS
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.money import LARGEST
from firstwin.revenue.actions.receive.rounds import in_rounds
from firstwin.revenue.actions.receive.said import InvoiceSaid
from firstwin.revenue.actions.receive.store import Kind, Writing
from firstwin.revenue.models import Invoice, InvoiceKind, InvoiceState
from firstwin.revenue.pieces import Piece, Statement, Value, take

VALUES = ("number", "kind", "state", "issued_on", "due_on", "currency", "total_minor", "paid_minor", "url")
INVOICES = Kind(Invoice, VALUES, "valid_from", "valid_to", "effective_at", moments=True)
SETTLED = frozenset({InvoiceState.PAID.value, InvoiceState.WRITTEN_OFF.value, InvoiceState.VOID.value})

_STATE, _PAID = VALUES.index("state"), VALUES.index("paid_minor")
_STATES, _KINDS = frozenset(InvoiceState.values), frozenset(InvoiceKind.values)


def receive_invoices(
    *, said: Sequence[InvoiceSaid], source: str, origin: int | None, now: datetime, unsaid: Collection[str] = ()
) -> Received:
    """Store new invoices, and what is news about the others. What a source tells without its moment (a payment, a new
    due day) takes effect when it became known."""
    received = Received()
    with transaction.atomic():
        for some in in_rounds(said, received):
            _receive(some, received, Writing(INVOICES, source, origin, now), frozenset(unsaid))
        failpoint("receive.invoices.stored")
        bump_revision(received.touched)
    return received


def _receive(said: Sequence[InvoiceSaid], received: Received, writing: Writing, unsaid: frozenset[str]) -> None:
    standing = INVOICES.standing(writing.source, [one.external_id for one in said])
    values_of = attrgetter(*VALUES)
    starts: dict[object, datetime] = {}
    for one in said:
        if (refused := _trouble(one, writing.now)) is not None:
            received.refused[one.row] = refused
            continue
        value: Value = values_of(one)
        pieces = standing.get(one.external_id)
        if unsaid and pieces:
            last = zip(VALUES, pieces[-1].value, value, strict=True)
            value = tuple(old if name in unsaid else new for name, old, new in last)
        starts_at = starts.get(one.issued_on) or starts.setdefault(one.issued_on, start_of(one.issued_on))
        received.ids[one.row] = one.account_id
        _warn(one, received)
        if pieces is None:
            for piece in _first(one, value, starts_at, writing.run):
                writing.add(one.external_id, piece)
            received.new.add(one.row)
            received.touched.add(one.account_id)
        elif not _is_same(pieces[-1], one, value):
            _amend(one, value, pieces, starts_at, received, writing)
    writing.store()


def _first(one: InvoiceSaid, value: Value, starts_at: datetime, run: int | None) -> list[Piece]:
    """The pieces of a new invoice: before anything was paid or settled it was open, with nothing paid."""
    origin, is_reconstructed = (run, one.row), not one.has_own_time
    since = _since(one, value, starts_at)
    piece = Piece(one.account_id, starts_at, None, value, since, one.known_at, one.known_at,
                  is_reconstructed=is_reconstructed, origin=origin)  # fmt: skip
    if since is None or (value[_STATE] not in SETTLED and not value[_PAID]) or value[_STATE] == InvoiceState.DRAFT:
        return [piece]
    open_value = (*value[:_STATE], InvoiceState.OPEN.value, *value[_STATE + 1 :])
    open_value = (*open_value[:_PAID], 0, *open_value[_PAID + 1 :])
    # It was open when it was issued, whoever says so; what a source told between then and now still finds its place.
    stated = min(starts_at, one.known_at)
    before = Piece(one.account_id, starts_at, since, open_value, None, stated, one.known_at,
                   is_reconstructed=is_reconstructed, origin=origin)  # fmt: skip
    piece.start = since
    return [before, piece]


def _since(one: InvoiceSaid, value: Value, starts_at: datetime) -> datetime | None:
    """From when the state holds; None: from its first day."""
    if value[_STATE] in SETTLED and one.settled_at is not None:
        return one.settled_at if one.settled_at > starts_at else None
    return one.known_at if one.known_at > starts_at else None


def _is_same(last: Piece, one: InvoiceSaid, value: Value) -> bool:
    settled_elsewhen = one.settled_at is not None and value[_STATE] in SETTLED and last.since != one.settled_at
    return last.value == value and last.holder == one.account_id and not settled_elsewhen and not one.has_own_time


def _amend(
    one: InvoiceSaid,
    value: Value,
    pieces: Sequence[Piece],
    starts_at: datetime,
    received: Received,
    writing: Writing,
) -> None:
    since = one.settled_at if value[_STATE] in SETTLED else None
    statement = Statement(
        one.account_id, starts_at, None, value, one.known_at, one.known_at, since, moves=since is not None,
        is_reconstructed=not one.has_own_time, origin=(writing.run, one.row),
    )  # fmt: skip
    change = take(pieces, statement)
    if not one.has_own_time and change.is_empty:
        change.confirm.clear()
    writing.take(one.external_id, change)
    if not change.is_empty:
        received.changed.add(one.row)
        received.touched |= {one.account_id, pieces[0].holder}


def _trouble(one: InvoiceSaid, now: datetime) -> Refused | None:
    """What cannot be so."""
    if one.known_at > now:
        return Refused("It was known in the future.", field="known_at")
    if one.currency not in EXPONENTS:
        return Refused(f"{one.currency[:20]!r} is not an ISO 4217 currency.", field="currency")
    if one.state not in _STATES or one.kind not in _KINDS:
        return Refused("The state or the kind is not one we know.", field="state")
    if not (0 < len(one.external_id) <= 255 and len(one.number) <= 120 and len(one.url) <= 500):
        return Refused("The id, the number or the link is too long.", field="external_id")
    if abs(one.total_minor) > LARGEST or abs(one.paid_minor) > LARGEST:
        return Refused("The amount is too large to keep.", field="total")
    if one.settled_at is not None and one.settled_at > now:
        return Refused("It was settled in the future.", field="settled_at")
    return None


def _warn(one: InvoiceSaid, received: Received) -> None:
    says = []
    if one.due_on is not None and one.due_on < one.issued_on:
        says.append("It is due before it was issued.")
    if one.kind == InvoiceKind.INVOICE and one.total_minor < 0:
        says.append("An invoice over a negative amount. A credit note says so in its kind.")
    if one.state == InvoiceState.OPEN and 0 < one.total_minor < one.paid_minor:
        says.append("More is paid than was billed, and it is still open.")
    if says:
        received.warned.setdefault(one.row, []).extend(says)
