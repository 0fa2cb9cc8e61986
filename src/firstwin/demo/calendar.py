"""The demo's days: everything is counted from one end day, so that the moment of the day never matters."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random

from firstwin.core import clock

WINDOW = 730
"""Days of history: how long the demo company has used the product."""

OPENS = 8 * 60
CLOSES = 17 * 60

_dawn = lru_cache(maxsize=4_096)(clock.start_of)


def moment(day: date, minute: int) -> datetime:
    """`minute` minutes into `day` as the installation sees it, in UTC."""
    return _dawn(day) + timedelta(minutes=minute)


def working_day(day: date) -> date:
    """`day`, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def office_minute(dice: Random) -> int:
    return OPENS + 5 * int(dice.random() * (CLOSES - OPENS) / 5)


def between(dice: Random, first: date, last: date) -> date:
    """A day from `first` to `last`, both included; `first` when they are the wrong way round."""
    return first + timedelta(days=int(dice.random() * (max(0, (last - first).days) + 1)))
