"""Whose turn it is among many that wait: whoever was quiet is seen to at once, however many send all the time."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

MOST = 200_000
"""Turns that are remembered; the oldest are forgotten first."""

FEWEST = 40
"""Of a round, however long it takes: some of what it costs is the same for one as for many."""


class Turns:
    """When each had its turn last, remembered by this process alone: work done for another reason costs nobody their
    place, and after a restart it begins anew.

    size: how many have their turn in the next round. Where rounds take longer than they should, on a machine that is
    busy, they become smaller: whoever has just come waits for a whole one.
    """

    def __init__(self, *, largest: int, seconds: float) -> None:
        self.size = self._largest = largest
        self._seconds = seconds
        self._last: dict[int, int] = {}
        self._taken = 0

    def take(self, waiting: Iterable[int], most: int) -> list[int]:
        """Give so many their turn: who had none yet, then who had theirs longest ago, alike in the order given."""
        chosen = sorted(waiting, key=lambda one: self._last.get(one, 0))[:most]
        for one in chosen:
            self._taken += 1
            self._last.pop(one, None)  # so that the oldest turns stand first
            self._last[one] = self._taken
        for one in list(islice(self._last, max(len(self._last) - MOST, 0))):
            del self._last[one]
        return chosen

    @contextmanager
    def round(self) -> Iterator[None]:
        """Around the work of a round: how long it takes decides how large the next one is."""
        began = time.monotonic()
        yield
        took = max(time.monotonic() - began, 0.001)
        wanted = int(self.size * self._seconds / took)
        self.size = max(min(FEWEST, self._largest), min(self._largest, wanted, self.size * 2))
