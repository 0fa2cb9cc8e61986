"""Events older than the operator wants to keep go, with their roll-ups. Their keys stay: sent again, they stay gone."""

from datetime import datetime

from firstwin.usage.lake import days, lease, pieces, touch
from firstwin.usage.lake.taking_out import take_out
from firstwin.usage.models import LakeSetting


def first_kept_day(now: datetime) -> int | None:
    """The oldest day whose events are kept, None when all are."""
    setting = LakeSetting.objects.first()
    if setting is None or setting.retention_days is None:
        return None
    return days.number_at(now) - setting.retention_days


def apply(now: datetime, *, wait: float = 0.0) -> int:
    """Delete what is too old. How many events went. Raises Busy where others still work on the lake after `wait`
    seconds."""
    first = first_kept_day(now)
    if first is None:
        return 0
    with lease.alone(lease.ORDERING, now=now, wait=wait) as hold:
        old = [piece for piece in pieces.standing("events") if piece.day_from < first]
        out = take_out(old, f"day < {first}", hold)
        if out.rows:
            with pieces.committing("retention", hold):
                out.commit(now)
                touch.at_places({place for place, _ in out.counts}, now)
    return out.rows
