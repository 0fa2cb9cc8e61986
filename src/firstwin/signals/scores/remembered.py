"""What the last readings knew: the points of each measure when it last had a value. Losing it then raises nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from firstwin.core.conditions.vectors import DAY_ZERO
from firstwin.science.scoring import NOTHING
from firstwin.signals.scores.outcome import Outcome

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
    def of(cls, results: Mapping[int, Outcome], seen_on: date | None = None) -> "Remembered":
        """From the last published result of each account.

        seen_on: the last day on which those results were found to hold still, of all that were made by then; what had
            a value then had it that day.
        """
        accounts = np.array(sorted(results), np.int64)
        points: dict[str, list[int]] = {}
        on: dict[str, list[int]] = {}
        for place, pk in enumerate(accounts.tolist()):
            for key, known, day in _memory(results[pk], seen_on):
                if key not in points:
                    points[key], on[key] = [NOTHING] * len(accounts), [0] * len(accounts)
                points[key][place], on[key][place] = known, day
        shape = len(points), len(accounts)
        return cls(
            accounts,
            tuple(points),
            np.array([*points.values()], np.int64).reshape(shape),
            np.array([*on.values()], np.int64).reshape(shape),
        )

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


def _memory(told: Outcome, seen_on: date | None) -> Iterator[tuple[str, int, int]]:
    """(measure, points, day)."""
    made = day_number(told.on)
    seen = made if seen_on is None else max(made, day_number(seen_on))
    for one in told.measures:
        if one.last is not None:
            yield one.key, one.last[0], seen if one.last[1] == made else one.last[1]
        elif one.state == "scored" and one.points is not None:
            yield one.key, one.points, seen


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - DAY_ZERO).days
