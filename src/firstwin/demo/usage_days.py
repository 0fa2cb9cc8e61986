"""The days of use as arrays: where each begins, and how busy it is for everybody alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from firstwin.demo.calendar import WINDOW, moment
from firstwin.demo.usage_course import Knot

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EPOCH = date(1970, 1, 1)
_MICRO = timedelta(microseconds=1)
_START = datetime(1970, 1, 1, tzinfo=UTC)

_WEEK = (0.96, 1.06, 1.08, 1.02, 0.82, 0.1, 0.06)
_WEEK_ROUND_THE_CLOCK = (1.0, 1.02, 1.02, 1.0, 0.96, 0.66, 0.6)


def number_of(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def micros(at: datetime) -> int:
    return (at - _START) // _MICRO


def moment_of(number: int) -> datetime:
    return _START + timedelta(microseconds=number)


@dataclass(frozen=True)
class Days:
    """The days before `as_of`: `first` is the number of the first; `starts` their first moments in microseconds, with
    that of `as_of` at the end.
    """

    first: int
    starts: Ints
    week: Floats
    week_round_the_clock: Floats

    @classmethod
    def up_to(cls, as_of: date) -> "Days":
        days = [as_of - timedelta(days=WINDOW - n) for n in range(WINDOW)]
        season = np.array([_season(day) for day in days])
        return cls(
            number_of(days[0]),
            np.array([micros(moment(day, 0)) for day in (*days, as_of)], dtype=np.int64),
            season * [_WEEK[day.weekday()] for day in days],
            season * [_WEEK_ROUND_THE_CLOCK[day.weekday()] for day in days],
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    def place_of(self, day: date) -> int:
        """Its place in the arrays; negative for days before them."""
        return number_of(day) - self.first

    def line(self, knots: Sequence[Knot]) -> Floats:
        """Straight lines between the knots, one value a day."""
        at = [self.place_of(day) for day, _ in knots]
        return np.interp(np.arange(len(self)), at, [level for _, level in knots])


def _season(day: date) -> float:
    if (day.month, day.day) >= (12, 23) or (day.month, day.day) <= (1, 2):
        return 0.34
    return {7: 0.95, 8: 0.84}.get(day.month, 1.0)
