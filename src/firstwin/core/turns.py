"""Whose turn it is among many that wait: whoever was quiet is seen to at once, however many send all the time."""

from collections.abc import Iterable

MOST = 200_000
"""Turns that are remembered; the oldest are forgotten first."""


class Turns:
    """When each had its turn last, remembered by this process alone: work done for another reason costs nobody their
    place, and after a restart it begins anew."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}
        self._taken = 0

    def take(self, waiting: Iterable[int], most: int) -> list[int]:
        """Give so many their turn: who had none yet, then who had theirs longest ago, alike in the order given."""
        chosen = sorted(waiting, key=lambda one: self._last.get(one, 0))[:most]
        for one in chosen:
            self._taken += 1
            self._last.pop(one, None)  # so that the oldest turns stand first
            self._last[one] = self._taken
        for one in list(self._last)[: max(len(self._last) - MOST, 0)]:
            del self._last[one]
        return chosen
