"""How a ticket's history is made of what its source said, in whatever order that arrived. Pure.

A *claim* says "from `at` on, at least until `told`, it was so". Of two claims that speak of the same time the one told
later wins, and after its end a state lasts until the next claim begins. What is left is a staircase: claims ordered by
`at` are ordered by `told` too. Adding a claim to a staircase gives the same one in any order, so nothing else needs to
be kept: a stored piece is a step (`valid_from`, `stated_at`).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from firstwin.support.models.ticket import DONE, RUNNING, Status


class State(NamedTuple):
    """reopens: how often the source says that it was reopened."""

    status: str
    priority: str
    is_escalated: bool
    reopens: int


class Claim(NamedTuple):
    """origin: the import and the line it came from."""

    at: datetime
    told: datetime
    state: State
    origin: tuple[int | None, int | None] = (None, None)


class Piece(NamedTuple):
    """A claim with what follows from those around it.

    is_assumed: nobody said so; it was open from its opening to the first thing told.
    is_reopening: it begins with a reopening: done before and not now, or the source counts one more.
    clock_from: when the time towards solving would have begun, had it not stopped: what did not count is left out.
    done_at: since when it is done, through solved and closed; None when it is not.
    """

    starts: datetime
    ends: datetime | None
    told: datetime
    state: State
    is_assumed: bool
    is_reopening: bool
    clock_from: datetime
    done_at: datetime | None
    origin: tuple[int | None, int | None]


def add(staircase: list[Claim], claim: Claim) -> None:
    """Put `claim` into the staircase, where nothing told later covers it."""
    after = bisect_right(staircase, claim.at, key=_at)
    if after and staircase[after - 1].told > claim.told:
        return
    first = after - 1 if after and staircase[after - 1].at == claim.at else after
    last = after
    while last < len(staircase) and staircase[last].told <= claim.told:
        last += 1
    staircase[first:last] = [claim]


def staircase(claims: Iterable[Claim]) -> list[Claim]:
    found: list[Claim] = []
    for claim in claims:
        add(found, claim)
    return found


def pieces(steps: Sequence[Claim], opened_at: datetime) -> list[Piece]:
    """The history these claims leave for a ticket opened at `opened_at`."""
    if not steps:
        return []
    first = steps[0]
    assumed = opened_at < first.at
    if assumed:
        state = State(Status.OPEN, first.state.priority, first.state.is_escalated, 0)
        steps = [Claim(opened_at, opened_at, state, first.origin), *steps]
    made: list[Piece] = []
    clock_from, was_done, reopens, done_at = steps[0].at, False, 0, None
    last = len(steps) - 1
    for place, (at, told, state, origin) in enumerate(steps):
        ends = steps[place + 1].at if place < last else None
        is_done = state.status in DONE
        done_at = (done_at or at) if is_done else None
        is_reopening = (was_done and not is_done) or state.reopens > reopens
        is_assumed = assumed and place == 0
        made.append(Piece(at, ends, told, state, is_assumed, is_reopening, clock_from, done_at, origin))
        if ends is not None and state.status not in RUNNING:
            clock_from += ends - at
        was_done, reopens = is_done, state.reopens
    return made


def _at(claim: Claim) -> datetime:
    return claim.at
