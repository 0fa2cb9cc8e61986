"""The one place that asks what time it is. Everything below takes the moment as an argument."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """The installation's time zone: it alone decides what a day is."""
    return ZoneInfo(settings.TIME_ZONE)


def day_of(moment: datetime) -> date:
    """The calendar day on which `moment` falls for this installation."""
    return moment.astimezone(zone()).date()


def today() -> date:
    return day_of(now())


def start_of(day: date) -> datetime:
    """The first moment of `day`, in UTC. Where midnight does not exist (a clock change), the first moment that does."""
    # Through UTC and back: a local midnight inside a gap moves to the first real moment after it.
    return datetime.combine(day, time.min, zone()).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The first moment after `day` (half-open), in UTC."""
    return start_of(day + timedelta(days=1))
