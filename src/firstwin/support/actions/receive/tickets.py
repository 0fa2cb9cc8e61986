"""Tickets as a help desk tells them."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from firstwin.accounts.actions.receive import Received
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.bulk import insert_many
from firstwin.accounts.timeline import batched
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import fold
from firstwin.support.actions.receive.claims import claims_of, problem_with, warnings_about
from firstwin.support.actions.receive.said import TicketSaid
from firstwin.support.history import Claim, Piece, State, add, pieces
from firstwin.support.models import Ticket

ABOUT = (
    "account_id", "person_id", "subject", "channel", "url", "opened_at", "first_response_at", "csat", "rated_at",
    "respond_by", "solve_by",
)  # fmt: skip
"""What is of the ticket as a whole: as the statement told last has it."""

_PIECE = (
    "valid_from", "valid_to", "status", "priority", "is_escalated", "reopens", "is_assumed", "is_reopening",
    "clock_from", "done_at",
)  # fmt: skip
_FACTS = (*ABOUT, *_PIECE)
_KEPT = ("known_at", "stated_at", "origin_run", "origin_line", "external_id")
_COLUMNS = (*_FACTS, *_KEPT, "known_until", "is_reconstructed", "source", "recorded_at")
_AT_ONCE = 5_000
_ACCOUNT, _OPENED, _STARTS = (_FACTS.index(name) for name in ("account_id", "opened_at", "valid_from"))

Facts = tuple[Any, ...]


def receive_tickets(
    *, said: Sequence[TicketSaid], source: str, origin: int | None, now: datetime, unsaid: Collection[str] = ()
) -> Received:
    """Take in what `source` says about its tickets, in the order given. Late and repeated rows end in the same state.

    unsaid: names of fields the source does not speak of; they stay as they are in tickets we already have.
    """
    received = Received()
    taken = _taken(said, now, received)
    silent = frozenset(unsaid)
    with transaction.atomic():
        histories = _histories({one.external_id for one in taken}, source)
        for one in taken:
            known = histories.get(one.external_id)
            if known is None:
                known = histories[one.external_id] = _History()
            _hear(known, one, origin, silent, received)
        failpoint("receive.tickets.decided")
        _store([row for history in histories.values() for row in history.waiting], source, now)
        bump_revision(received.touched)
    return received


def _taken(said: Sequence[TicketSaid], now: datetime, received: Received) -> list[TicketSaid]:
    taken: list[TicketSaid] = []
    for one in said:
        problem = problem_with(one, now)
        if problem is not None:
            received.refused[one.row] = Refused(problem[1], field=problem[0])
            continue
        if odd := warnings_about(one):
            received.warned[one.row] = odd
        taken.append(one)
    return taken


class _Row:
    """A row of the table, stored (it has a `pk`) or to be."""

    __slots__ = ("facts", "is_new_end", "is_newly_told", "is_reconstructed", "kept", "known_at", "known_until", "pk",
                 "told")  # fmt: skip

    def __init__(self, pk: int | None, facts: Facts, known_at: datetime, told: datetime, kept: Facts) -> None:
        self.pk, self.facts, self.known_at, self.told, self.kept = pk, facts, known_at, told, kept
        self.known_until: datetime | None = None
        self.is_reconstructed = self.is_newly_told = self.is_new_end = False


class _History:
    """One ticket.  rows: those that stand, by their beginning.  waiting: rows to be written.

    steps: its staircase.  about: the values of ABOUT.  told: when the latest statement was made.
    """

    __slots__ = ("about", "rows", "steps", "told", "waiting")

    def __init__(self) -> None:
        self.rows: dict[datetime, _Row] = {}
        self.waiting: list[_Row] = []
        self.steps: list[Claim] = []
        self.about: Facts = ()
        self.told: datetime | None = None


def _histories(external_ids: set[str], source: str) -> dict[str, _History]:
    """What stands of these tickets."""
    found: dict[str, _History] = {}
    wide = len(_FACTS)
    status, assumed = _FACTS.index("status"), _FACTS.index("is_assumed")
    for some in batched(sorted(external_ids), _AT_ONCE):
        standing = Ticket.objects.standing().filter(source=source, external_id__in=some)
        rows = standing.order_by("external_id", "valid_from").values_list(*_FACTS, *_KEPT, "id")
        for row in rows.iterator(chunk_size=_AT_ONCE):
            facts = row[:wide]
            known_at, told, run, line, external_id, pk = row[wide:]
            history = found.get(external_id)
            if history is None:
                history = found[external_id] = _History()
                history.about = facts[: len(ABOUT)]
            history.rows[facts[_STARTS]] = _Row(pk, facts, known_at, told, ())
            if not facts[assumed]:
                state = State(*facts[status : status + 4])
                history.steps.append(Claim(facts[_STARTS], told, state, (run, line)))
                history.told = told if history.told is None else max(history.told, told)
    return found


def _hear(history: _History, one: TicketSaid, origin: int | None, unsaid: frozenset[str], received: Received) -> None:
    is_new = not history.steps
    last = history.steps[-1].state if history.steps else None
    for claim in claims_of(one, (origin, one.row), last, history.steps, unsaid):
        add(history.steps, claim)
    if history.told is None or one.known_at >= history.told:
        history.about = _about(one, history.about, unsaid)
        history.told = one.known_at
    received.ids[one.row] = one.account_id
    accounts = _settle(history, one)
    if accounts:
        (received.new if is_new else received.changed).add(one.row)
        received.touched |= accounts


def _about(one: TicketSaid, before: Facts, unsaid: frozenset[str]) -> Facts:
    rated_at = one.rated_at
    if one.csat is None:
        rated_at = None
    elif rated_at is None:
        rated_at = one.closed_at or one.known_at
    said = (
        one.account_id, one.person_id, one.subject[:300], fold(one.channel)[:40], one.url, one.opened_at,
        one.first_response_at, one.csat, rated_at, one.respond_by, one.solve_by,
    )  # fmt: skip
    if not unsaid or not before:
        return said
    # When it was rated belongs to the rating.
    quiet = unsaid | {"rated_at"} if "csat" in unsaid else unsaid - {"rated_at"}
    keeps = {"person_id" if name == "person" else name for name in quiet}
    return tuple(old if name in keeps else new for name, old, new in zip(ABOUT, before, said, strict=True))


def _settle(history: _History, one: TicketSaid) -> set[int]:
    """Make the rows follow the steps. Returns the accounts for which something changed."""
    gone = history.rows
    history.rows = standing = {}
    fresh: list[tuple[Piece, Facts]] = []
    for piece in pieces(history.steps, history.about[_OPENED]):
        starts, ends, told, state, is_assumed, is_reopening, clock_from, done_at, _ = piece
        facts = (*history.about, starts, ends, *state, is_assumed, is_reopening, clock_from, done_at)
        old = gone.get(starts)
        if old is None or old.facts != facts:
            fresh.append((piece, facts))
            continue
        standing[starts] = gone.pop(starts)
        if old.told != told:
            old.told = told
            _wait(history, old, "is_newly_told")
    known_of: dict[datetime | None, datetime] = {
        starts: row.known_at for rows in (standing, gone) for starts, row in rows.items()
    }
    accounts = {row.facts[_ACCOUNT] for row in gone.values()}
    for row in gone.values():
        _stand_down(history, row, one.known_at)
    for piece, facts in fresh:
        # It was not known before both its beginning and its end were.
        known_at = max(one.known_at, known_of.get(piece.starts, _LONG_AGO), known_of.get(piece.ends, _LONG_AGO))
        added = _Row(None, facts, known_at, piece.told, (*piece.origin, one.external_id))
        added.is_reconstructed = not one.has_own_time
        standing[piece.starts] = added
        history.waiting.append(added)
        accounts.add(one.account_id)
    return accounts


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _wait(history: _History, row: _Row, mark: str) -> None:
    if row.pk is not None and not (row.is_newly_told or row.is_new_end):
        history.waiting.append(row)
    setattr(row, mark, True)


def _stand_down(history: _History, row: _Row, moment: datetime) -> None:
    row.known_until = max(row.known_at, moment)
    if row.pk is None and row.known_until == row.known_at:
        history.waiting.remove(row)  # it was never believed, and nobody saw it
        return
    _wait(history, row, "is_new_end")


def _store(rows: Sequence[_Row], source: str, now: datetime) -> None:
    old = [row for row in rows if row.pk is not None]
    _set("known_until", [(row.known_until, row.pk) for row in old if row.is_new_end])
    _set("stated_at", [(row.told, row.pk) for row in old if row.is_newly_told])
    failpoint("receive.tickets.superseded")
    added = [
        (*row.facts, row.known_at, row.told, *row.kept, row.known_until, row.is_reconstructed, source, now)
        for row in rows
        if row.pk is None
    ]
    insert_many(Ticket, _COLUMNS, added)


def _set(column: str, moments: Sequence[tuple[datetime | None, int | None]]) -> None:
    """One prepared statement: each row has a moment of its own."""
    if not moments:
        return
    quote, adapt = connection.ops.quote_name, connection.ops.adapt_datetimefield_value
    sql = f"update {quote(Ticket._meta.db_table)} set {quote(column)} = %s where id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(adapt(moment), pk) for moment, pk in moments])
