"""The days the questions look back over. By days, so that an answer holds for the whole day."""

from datetime import date, datetime, timedelta

from firstwin.core.clock import start_of

AGEING_DAYS = 14
"""A ticket ages once it is open for longer."""

WINDOW_DAYS = 90


def ageing_before(day: date, days: int = AGEING_DAYS) -> datetime:
    """Tickets opened before this moment are open for more than `days` days on `day`."""
    return start_of(day - timedelta(days=days))


def window_start(day: date, days: int = WINDOW_DAYS) -> datetime:
    """The first moment of the `days` days that end with `day`."""
    return start_of(day - timedelta(days=days - 1))


GOOD = 4
"""Of 5: from here on somebody is satisfied."""
