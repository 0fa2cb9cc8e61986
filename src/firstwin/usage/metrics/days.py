"""Events by day: how many, on how many days, in which weeks."""

from dataclasses import dataclass

import numpy as np

from firstwin.science.habits import WEEKS
from firstwin.usage.metrics.columns import Ints
from firstwin.usage.metrics.opening import Opened
from firstwin.usage.metrics.pairs import Numbers

WINDOWS, WEEKS_OF_WINDOW = 13, 4
SPAN = WINDOWS * WEEKS_OF_WINDOW * 7
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
    asked = lake.ask("days", first=lake.day - SPAN + 1, last=lake.day)
    account = lake.whose.of_places(asked["place"])
    mine = account >= 0
    if not mine.all():
        account, asked = account[mine], {name: values[mine] for name, values in asked.items()}
    by_day = _by_day(account, lake.day - asked["day"], asked["count"], n)
    weeks = by_day.reshape(n, SPAN // 7, 7)
    by_week = weeks.sum(axis=2)
    windows = by_week.reshape(n, WINDOWS, WEEKS_OF_WINDOW).sum(axis=2)
    used = by_week > 0
    oldest = np.where(used.any(axis=1), used.shape[1] - 1 - np.argmax(used[:, ::-1], axis=1), -1)
    return Days(
        windows=windows,
        windows_known=np.maximum((oldest + 1) // WEEKS_OF_WINDOW - 1, 0),
        events_7=by_week[:, 0].copy(),
        days_14=(by_day[:, :14] > 0).sum(axis=1),
        habit_weeks=used[:, :WEEKS].sum(axis=1),
    )


def _by_day(account: Numbers, ago: Numbers, count: Ints, n: int) -> Ints:
    """Account × days ago."""
    found = np.zeros(n * SPAN, np.int64)
    np.add.at(found, account.astype(np.int64) * SPAN + ago, np.clip(count, 0, LARGEST))
    return np.minimum(found, LARGEST).reshape(n, SPAN)
