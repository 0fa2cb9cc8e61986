"""An account with more people than are listed: how many there are, and the first of an order, without all of them in
memory.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from firstwin.usage.metrics.columns import Ints
from firstwin.usage.metrics.opening import opened
from firstwin.usage.metrics.people import LAPSED_FIRST, Seen, joined, seen_in, uses_of
from firstwin.usage.metrics.reading import PersonUse
from firstwin.usage.metrics.whose import whose

NAMED = 10_000
"""People whose names are looked up at a time."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """all: people ever seen.  counts: by state.  count: those asked for.  first: the first of these."""

    all: int
    counts: Mapping[str, int]
    count: int
    first: list[PersonUse]


_ORDERS: dict[str, Callable[[Seen, Ints], tuple[Ints, ...]]] = {
    "often": lambda seen, state: (seen.days_28, seen.last),
    "days": lambda seen, state: (seen.days_28, seen.events),
    "state": lambda seen, state: (state, -seen.last),
    "change": lambda seen, state: (seen.days_28 - seen.days_28_before, -seen.days_28_before),
    "features": lambda seen, state: (seen.features,),
    "first": lambda seen, state: (seen.first,),
    "last": lambda seen, state: (seen.last,),
}
ORDERS = tuple(_ORDERS)


def crowd_of(
    account_id: int,
    on: date,
    *,
    by: str,
    most: int,
    state: str = "",
    since: datetime | None = None,
    known_by: datetime | None = None,
) -> Crowd:
    """The first people by one of `ORDERS` (falling with a minus before it); of equal ones those with smaller numbers.

    state, since: only those in this state, and seen last at this moment or later.
    """
    counts = dict.fromkeys(LAPSED_FIRST, 0)
    count, best = 0, None
    with opened(whose([account_id]), on, known_by=known_by, tables=("actor_blocks",)) as lake:
        day = lake.day
        for part in lake.people():
            seen = seen_in(part)
            states = seen.states(day)
            for word, place in LAPSED_FIRST.items():
                counts[word] += int((states == place).sum())
            seen = seen.some(_wanted(seen, states, state, since))
            count += len(seen)
            seen = _first(seen, by, most, day)
            best = _first(joined([best, seen]), by, most, day) if best is not None else seen
    first = uses_of(best, day) if best is not None else []
    return Crowd(sum(counts.values()), counts, count, first)


def everyone(
    account_id: int, on: date, *, state: str = "", known_by: datetime | None = None
) -> Iterator[list[PersonUse]]:
    """All of them, some after the other, by the numbers that stand for them."""
    with opened(whose([account_id]), on, known_by=known_by, tables=("actor_blocks",)) as lake:
        for part in lake.people():
            seen = seen_in(part)
            seen = seen.some(_wanted(seen, seen.states(lake.day), state, None))
            for start in range(0, len(seen), NAMED):
                yield uses_of(seen.some(np.arange(start, min(start + NAMED, len(seen)))), lake.day)


def _wanted(seen: Seen, states: Ints, state: str, since: datetime | None) -> Ints:
    wanted = np.ones(len(seen), bool) if not state else states == LAPSED_FIRST[state]
    if since is not None:
        wanted &= seen.last >= int(since.timestamp() * 1_000_000)
    return np.flatnonzero(wanted)


def _first(seen: Seen, by: str, most: int, day: int) -> Seen:
    keys = _ORDERS[by.removeprefix("-")](seen, seen.states(day))
    if by.startswith("-"):
        keys = tuple(-key for key in keys)
    return seen.some(np.lexsort((seen.human, *reversed(keys)))[:most])
