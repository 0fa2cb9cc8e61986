"""What must always be true of tickets: `firstwin verify` runs these."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import Any

from django.db.models import F, Q

from firstwin.core.invariants import register_invariant
from firstwin.support.history import Claim, State, pieces
from firstwin.support.models import Priority, Status, Ticket

_SHOWN = 20

_COLUMNS = (
    "source", "external_id", "account_id", "opened_at", "valid_from", "valid_to", "stated_at", "status", "priority",
    "is_escalated", "reopens", "is_assumed", "is_reopening", "clock_from", "done_at",
)  # fmt: skip

Row = tuple[Any, ...]


def tickets_follow_what_was_told(now: datetime) -> list[str]:
    """The standing pieces of a ticket follow each other without a gap, and their last columns follow from them."""
    return _bounded(problem for rows in _tickets() for problem in _problems(rows))


def _tickets() -> Iterator[list[Row]]:
    rows = Ticket.objects.standing().order_by("source", "external_id", "valid_from").values_list(*_COLUMNS)
    for _, of_one in groupby(rows.iterator(chunk_size=10_000), key=lambda row: row[:2]):
        yield list(of_one)


def _problems(rows: list[Row]) -> Iterator[str]:
    name = f"ticket {rows[0][1]} of {rows[0][0]}"
    if any(row[2:4] != rows[0][2:4] for row in rows):
        yield f"{name}: its pieces disagree about the account or its opening"
        return
    steps = [Claim(row[4], row[6], State(*row[7:11])) for row in rows if not row[11]]
    if not steps:
        yield f"{name}: nobody told anything of it"
        return
    for before, after in pairwise(steps):
        if before.told > after.told:
            yield f"{name}: a piece told earlier stands after one told later"
    wanted = [
        (piece.starts, piece.ends, *piece.state, piece.is_assumed, piece.is_reopening, piece.clock_from, piece.done_at)
        for piece in pieces(steps, rows[0][3])
    ]
    found = [(row[4], row[5], *row[7:]) for row in rows]
    if [piece[:2] for piece in found] != [piece[:2] for piece in wanted]:
        yield f"{name}: its pieces overlap or leave a gap"
    elif found != wanted:
        yield f"{name}: what follows from its pieces is not what is stored"


def tickets_are_possible(now: datetime) -> list[str]:
    """Legal states and priorities, ratings from 1 to 5, no answer and no closing before the opening."""
    # Clocks of two machines differ a little; a day is not a little.
    ahead = now + timedelta(days=1)
    checks = (
        (~Q(status__in=Status.values) | ~Q(priority__in=Priority.values), "has a status or priority nobody knows"),
        (Q(csat__isnull=False) & ~Q(csat__range=(1, 5)), "has a rating outside 1 to 5"),
        (Q(first_response_at__lt=F("opened_at")), "was answered before it was opened"),
        (Q(opened_at__gt=ahead), "was opened in the future"),
        (Q(csat__isnull=True, rated_at__isnull=False), "was rated without a rating"),
    )
    problems = []
    for wrong, words in checks:
        rows = Ticket.objects.standing().filter(wrong).order_by("pk").values_list("source", "external_id")
        problems += [f"ticket {external_id} of {source} {words}" for source, external_id in rows[:_SHOWN]]
    return problems


def register_all() -> None:
    register_invariant("support.pieces", "Tickets follow what was told", tickets_follow_what_was_told)
    register_invariant("support.states", "Tickets are possible", tickets_are_possible)


def _bounded(problems: Iterator[str]) -> list[str]:
    found: list[str] = []
    more = 0
    for problem in problems:
        if len(found) < _SHOWN:
            found.append(problem)
        else:
            more += 1
    return [*found, f"… and {more:,} more"] if more else found
