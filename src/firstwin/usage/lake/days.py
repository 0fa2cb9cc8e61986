"""Days as the lake counts them: whole days since 1970-01-01."""

from datetime import date, datetime, timedelta

from firstwin.core import clock

_FIRST = date(1970, 1, 1)


def number_of(day: date) -> int:
    return (day - _FIRST).days


def day_of(number: int) -> date:
    return _FIRST + timedelta(days=number)


def number_at(moment: datetime) -> int:
    """The day on which `moment` falls in the installation's time zone."""
    return number_of(clock.day_of(moment))


def block_of(number: int, size: int = 64) -> int:
    return number // size
