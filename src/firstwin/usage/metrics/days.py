"""Events by day: how many, on how many days, in which weeks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstwin.science.habits import WEEKS
from firstwin.usage.metrics.columns import Ints
from firstwin.usage.metrics.opening import Opened, Question

WINDOWS, WEEKS_OF_WINDOW = 13, 4
WEEKS_READ = WINDOWS * WEEKS_OF_WINDOW
SPAN = WEEKS_READ * 7
"""Days that are read: the window of 28 days that ends with the day and the twelve before it."""

LARGEST = np.iinfo(np.int64).max // SPAN
"""What one day counts at most, so that no sum leaves 64 bits."""


@dataclass(slots=True)
class Days:
    """By account. windows: events in spans of 28 days, the latest first; windows_known: how many of the twelve earlier
    ones began on or after the first use that was seen in that time."""

    windows: Ints
    windows_known: Ints
    events_7: Ints
    days_14: Ints
    habit_weeks: Ints


def days_of(lake: Opened) -> Days:
    """Events and aggregates by their count, noise left out. A day is one with use when it counted anything."""
    n = len(lake.whose.accounts)
    name, params = question(lake)
    asked = list(lake.ask_in_parts(name, **params))
    parts = (_mine(lake, part) for part in asked)
    by_week, used_14 = (_one_by_one if _is_absurd(asked) else _at_once)(parts, n)
    windows = by_week.reshape(n, WINDOWS, WEEKS_OF_WINDOW).sum(axis=2)
    used = by_week > 0
    oldest = np.where(used.any(axis=1), used.shape[1] - 1 - np.argmax(used[:, ::-1], axis=1), -1)
    return Days(
        windows=windows,
        windows_known=np.maximum((oldest + 1) // WEEKS_OF_WINDOW - 1, 0),
        events_7=by_week[:, 0].copy(),
        days_14=used_14.sum(axis=1),
        habit_weeks=used[:, :WEEKS].sum(axis=1),
    )


def question(lake: Opened) -> Question:
    """What the lake is asked."""
    return "days", {"first": lake.day - SPAN + 1, "last": lake.day}


_Rows = tuple[Ints, Ints, Ints]
"""(account, days ago, count)"""


def _mine(lake: Opened, part: dict[str, Ints]) -> _Rows:
    account = lake.whose.of_places(part["place"]).astype(np.int64)
    ago, count = lake.day - part["day"], np.clip(part["count"], 0, LARGEST)
    mine = account >= 0
    return (account, ago, count) if mine.all() else (account[mine], ago[mine], count[mine])


def _is_absurd(parts: Sequence[dict[str, Ints]]) -> bool:
    """Whether any sum might leave what one day may count."""
    rows = sum(len(part["count"]) for part in parts)
    return max((int(part["count"].max(initial=0)) for part in parts), default=0) * rows > LARGEST


def _at_once(parts: Iterable[_Rows], n: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """(account × weeks ago, account × days ago with use, of the last 14)"""
    by_week, used = np.zeros(n * WEEKS_READ, np.int64), np.zeros(n * _FORTNIGHT, bool)
    for account, ago, count in parts:
        np.add.at(by_week, account * WEEKS_READ + ago // 7, count)
        late = np.flatnonzero((ago < _FORTNIGHT) & (count > 0))
        used[account[late] * _FORTNIGHT + ago[late]] = True
    return by_week.reshape(n, WEEKS_READ), used.reshape(n, _FORTNIGHT)


def _one_by_one(parts: Iterable[_Rows], n: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The same where numbers are so large that each day has to be held to what it may count."""
    by_day = np.zeros(n * SPAN, np.int64)
    for account, ago, count in parts:
        np.add.at(by_day, account * SPAN + ago, count)
    held = np.minimum(by_day, LARGEST).reshape(n, SPAN)
    return held.reshape(n, WEEKS_READ, 7).sum(axis=2), held[:, :_FORTNIGHT] > 0


_FORTNIGHT = 14
