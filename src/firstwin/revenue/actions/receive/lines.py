"""Subscription lines as a source tells them."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.db import transaction

from firstwin.accounts.actions.receive import Received
from firstwin.accounts.actions.revision import bump_revision
from firstwin.core.clock import day_of
from firstwin.core.currencies import EXPONENTS
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.money import LARGEST
from firstwin.revenue.actions.receive.rounds import in_rounds
from firstwin.revenue.actions.receive.said import LineSaid
from firstwin.revenue.actions.receive.store import Kind, Writing
from firstwin.revenue.models import Charge, Interval, SubscriptionLine
from firstwin.revenue.pieces import Edge, Piece, Statement, Value, take
from firstwin.revenue.prices import TERM, recurring

VALUES = ("product_id", "contract", "charge", "is_trial", "quantity", "currency", "amount_minor", "price_period",
          "billing_interval", "renews_on", "notice_on", "auto_renews")  # fmt: skip
LINES = Kind(SubscriptionLine, VALUES, "starts_on", "ends_on", "effective_on", ("mrr_minor", "arr_minor"))
ZERO_DAYS = "It starts and ends on the same day, so it is never in force."

_CHARGE, _TRIAL, _AMOUNT, _PERIOD = (VALUES.index(n) for n in ("charge", "is_trial", "amount_minor", "price_period"))
_CHARGES, _INTERVALS = frozenset(Charge.values), frozenset(Interval.values) | {""}
_NOTHING = (0, 0)


def receive_lines(
    *, said: Sequence[LineSaid], source: str, origin: int | None, now: datetime, unsaid: Collection[str] = ()
) -> Received:
    """Store new lines, amend those told differently now (see `pieces`). Everything else stays.

    origin: the import run.  unsaid: fields the source does not speak of.
    """
    received = Received()
    with transaction.atomic():
        for some in in_rounds(said, received):
            _receive(some, received, Writing(LINES, source, origin, now), frozenset(unsaid))
        failpoint("receive.lines.stored")
        bump_revision(received.touched)
    return received


def _receive(said: Sequence[LineSaid], received: Received, writing: Writing, unsaid: frozenset[str]) -> None:
    standing = LINES.standing(writing.source, [one.external_id for one in said])
    values_of = attrgetter(*VALUES)
    derive, day = _deriving(), _days()
    ids, new, touched, rows = received.ids, received.new, received.touched, writing.rows
    source, run, now = writing.source, writing.run, writing.now
    for one in said:
        value: Value = values_of(one)
        pieces = standing.get(one.external_id)
        if unsaid and pieces:
            value = tuple(
                old if name in unsaid else new for name, old, new in zip(VALUES, pieces[-1].value, value, strict=True)
            )
        try:
            _check(one, value, now)
            derived = derive(value, one.starts_on, one.ends_on)
        except Refused as refused:
            received.refused[one.row] = refused
            continue
        row, account, known, starts, ends = one.row, one.account_id, one.known_at, one.starts_on, one.ends_on
        ids[row] = account
        if starts == ends:
            received.warned.setdefault(row, []).append(ZERO_DAYS)
        if pieces is None:
            told = day(known)
            since = None if one.corrects or told <= starts or (ends is not None and told >= ends) else told
            since = one.effective_on or since
            rows.append((one.external_id, account, known, known, None, now, source, not one.has_own_time, run, row,
                         starts, ends, since, *value, *derived))  # fmt: skip
            new.add(row)
            touched.add(account)
            continue
        if _is_same(pieces, one, value):
            if one.has_own_time and known > pieces[0].stated_at:
                pieces[0].stated_at = known
                writing.confirmed.append(pieces[0])
            continue
        _amend(one, value, pieces, received, writing, derive, day(known))
    writing.store()


def _is_same(pieces: Sequence[Piece], one: LineSaid, value: Value) -> bool:
    """The usual case, told quickly: one piece, and nothing new about it."""
    if len(pieces) != 1:
        return False
    piece = pieces[0]
    return (
        piece.value == value
        and piece.holder == one.account_id
        and piece.start == one.starts_on
        and piece.end == one.ends_on
    )


def _amend(
    one: LineSaid,
    value: Value,
    pieces: Sequence[Piece],
    received: Received,
    writing: Writing,
    derive: Callable[[Value, Edge, Edge | None], tuple[Any, ...]],
    told: date,
) -> None:
    statement = Statement(
        one.account_id, one.starts_on, one.ends_on, value, one.known_at, told, one.effective_on, one.corrects,
        is_reconstructed=not one.has_own_time, origin=(writing.run, one.row),
    )  # fmt: skip
    if one.effective_on is not None and one.ends_on is not None and one.effective_on >= one.ends_on:
        received.warned.setdefault(one.row, []).append("The change would take effect when the line has ended.")
    change = take(pieces, statement, derive)
    if not one.has_own_time and change.is_empty:
        change.confirm.clear()  # an arrival tells nothing about when it was stated
    writing.take(one.external_id, change)
    if not change.is_empty:
        received.changed.add(one.row)
        received.touched.add(one.account_id)
        received.touched.add(pieces[0].holder)


def _check(one: LineSaid, value: Value, now: datetime) -> None:
    """Raises Refused for what cannot be so."""
    if one.known_at > now:
        raise Refused("It was known in the future.", field="known_at")
    if one.ends_on is not None and one.ends_on < one.starts_on:
        raise Refused("The line ends before it starts.", field="ends_on")
    if one.currency not in EXPONENTS:
        raise Refused(f"{one.currency[:20]!r} is not an ISO 4217 currency.", field="currency")
    if one.quantity is not None and not 0 <= one.quantity <= LARGEST:
        raise Refused("A quantity is a whole number from 0.", field="quantity")
    if not 0 < len(one.external_id) <= 255 or len(one.contract) > 255:
        raise Refused("An id has 1 to 255 characters.", field="external_id")
    if one.charge not in _CHARGES or one.billing_interval not in _INTERVALS:
        raise Refused("The charge or the billing interval is not one we know.", field="charge")
    if not -LARGEST <= value[_AMOUNT] <= LARGEST:
        raise Refused("The amount is too large to keep.", field="amount")


def line_arr(value: Value, starts_on: date, ends_on: date | None) -> tuple[int, int]:
    """(mrr_minor, arr_minor) of a line's values: nothing unless it recurs and is not a trial. Raises Refused."""
    if value[_TRIAL] or value[_CHARGE] != Charge.RECURRING:
        recurring(0, value[_PERIOD] if value[_PERIOD] != TERM else "once", starts_on, ends_on)  # the period is one
        return _NOTHING
    return recurring(value[_AMOUNT], value[_PERIOD], starts_on, ends_on)


def _deriving() -> Callable[[Value, Edge, Edge | None], tuple[Any, ...]]:
    """`line_arr`, remembering: a price list is short, a file of lines is long."""
    known: dict[tuple[Any, ...], tuple[int, int]] = {}

    def derive(value: Value, starts_on: date, ends_on: date | None) -> tuple[int, int]:
        period = value[_PERIOD]
        key: tuple[Any, ...] = (value[_AMOUNT], period, value[_CHARGE], value[_TRIAL])
        if period == TERM:
            key = (*key, starts_on, ends_on)
        found = known.get(key)
        if found is None:
            found = known[key] = line_arr(value, starts_on, ends_on)
        return found

    return derive


def _days() -> Callable[[datetime], date]:
    """`day_of`, remembering."""
    known: dict[datetime, date] = {}

    def day(moment: datetime) -> date:
        found = known.get(moment)
        if found is None:
            found = known[moment] = day_of(moment)
        return found

    return day
