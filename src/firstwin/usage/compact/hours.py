"""What is counted of a source hour by hour. The door counts here, too: nothing heavy is loaded."""

from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Greatest

from firstwin.usage.compact.times import moment_of
from firstwin.usage.store.models import SourceHour

HOUR = 3_600_000_000
Hour = tuple[int, int]
"""(source, hours since 1970)"""


@dataclass(slots=True)
class Counts:
    """Of one source in one hour, as `SourceHour` keeps them."""

    batches: int = 0
    events: int = 0
    repeated: int = 0
    rejected: int = 0
    unresolved: int = 0
    late: int = 0
    lag_ms: int = 0
    lag_max_ms: int = 0
    last: int = 0


def add_hours(hours: dict[Hour, Counts]) -> None:
    """Add to what was counted before, within a transaction."""
    for (source, hour), counts in sorted(hours.items()):
        row, _ = SourceHour.objects.get_or_create(source=source, hour_at=moment_of(hour * HOUR))
        last = moment_of(counts.last) if counts.last else None
        SourceHour.objects.filter(pk=row.pk).update(
            batches=F("batches") + counts.batches,
            events=F("events") + counts.events,
            repeated=F("repeated") + counts.repeated,
            rejected=F("rejected") + counts.rejected,
            unresolved=F("unresolved") + counts.unresolved,
            late=F("late") + counts.late,
            lag_ms=F("lag_ms") + counts.lag_ms,
            lag_max_ms=Greatest(F("lag_max_ms"), counts.lag_max_ms),
            last_at=max(filter(None, (row.last_at, last)), default=None),
        )
