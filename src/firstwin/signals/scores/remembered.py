"""What the last readings knew: the points of each measure when it last had a value. Losing it then raises nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from firstwin.core.conditions.vectors import DAY_ZERO
from firstwin.science.scoring import NOTHING

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Remembered:
    """accounts: ids, rising.  keys: of measures.  points: (m, n) hundredths, NOTHING where it never had a value.

    on: (m, n) the day of that value, since 1970.
    """

    accounts: Ints
    keys: tuple[str, ...]
    points: Ints
    on: Ints

    @classmethod
    def nothing(cls) -> "Remembered":
        """Of accounts that were never scored."""
        none = np.zeros((0, 0), np.int64)
        return cls(np.zeros(0, np.int64), (), none, none)

    @classmethod
    def of(cls, results: Mapping[int, bytes], seen_on: Mapping[int, date] | None = None) -> "Remembered":
        """From the last published result of each account.

        seen_on: the last day on which that result was found to hold still; what had a value then had it that day.
        """
        accounts = np.array(sorted(results), np.int64)
        found = [_memory(results[pk], (seen_on or {}).get(pk)) for pk in accounts.tolist()]
        keys = tuple(dict.fromkeys(key for memory in found for key in memory))
        rows = {key: row for row, key in enumerate(keys)}
        points = np.full((len(keys), len(accounts)), NOTHING, np.int64)
        on = np.zeros_like(points)
        for place, memory in enumerate(found):
            for key, (known, day) in memory.items():
                points[rows[key], place], on[rows[key], place] = known, day
        return cls(accounts, keys, points, on)

    def aligned(self, accounts: Ints, keys: Sequence[str]) -> tuple[Ints, Ints]:
        """(points, on) for these measures and accounts, in their order."""
        points = np.full((len(keys), len(accounts)), NOTHING, np.int64)
        on = np.zeros_like(points)
        if not len(self.accounts):
            return points, on
        places = np.searchsorted(self.accounts, accounts).clip(max=len(self.accounts) - 1)
        there = self.accounts[places] == accounts
        for row, key in enumerate(keys):
            if key in self.keys:
                own = self.keys.index(key)
                points[row, there] = self.points[own, places[there]]
                on[row, there] = self.on[own, places[there]]
        return points, on


def _memory(result: bytes, seen_on: date | None) -> dict[str, tuple[int, int]]:
    """Measure → (points, day)."""
    told: dict[str, Any] = msgspec.json.decode(result)
    made = day_number(date.fromisoformat(told["on"]))
    seen = made if seen_on is None else max(made, day_number(seen_on))
    found = {}
    for key, state, _, _, points, _, _, last in told["measures"]:
        if last is not None:
            found[key] = (last[0], seen if last[1] == made else last[1])
        elif state == "scored":
            found[key] = (points, seen)
    return found


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - DAY_ZERO).days
