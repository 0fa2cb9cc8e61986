"""Days and moments as people type them after an option of a command."""

from datetime import date, datetime

from django.utils.dateparse import parse_datetime

from firstwin.core import clock
from firstwin.core.errors import Refused


def asked_day(text: str) -> date:
    """Raises Refused for what is no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text[:40]!r} is not a day such as 2026-03-31.") from None


def asked_moment(text: str) -> datetime:
    """A moment; a day means its end. A moment without a zone is the installation's own time. Raises Refused."""
    try:
        return clock.end_of(date.fromisoformat(text))
    except ValueError:
        pass
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise Refused(f"{text[:40]!r} is not a moment such as 2026-03-31 or 2026-03-31T12:00:00Z.")
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=clock.zone())
