"""What was turned down, kept for people to see: all of it up to a number per reason, name, source and hour."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, QuerySet

from firstwin.usage.compact.refusals import Refusal
from firstwin.usage.compact.times import moment_of
from firstwin.usage.store.models import Rejected

MOST = 1_000
"""Elements kept for one reason, event name, source and hour; for one source and hour in all: ten times that. Of more
only the number is kept."""

_HOUR = 3_600_000_000

Group = tuple[int, int, str, str]
"""(source, hour, code, event)"""


def keep_refused(refused: Iterable[tuple[int, Refusal]]) -> None:
    """Store them: (source, refusal). Within the transaction that takes their batches out of the inbox."""
    groups: dict[Group, list[Refusal]] = defaultdict(list)
    for source, refusal in refused:
        groups[source, refusal.received // _HOUR, refusal.code, refusal.event].append(refusal)
    room: dict[tuple[int, int], int] = {}
    for group, refusals in groups.items():
        source, hour = group[:2]
        if (source, hour) not in room:
            room[source, hour] = 10 * MOST - _kept(source, hour).count()
        room[source, hour] -= _keep(group, refusals, room[source, hour])


def _kept(source: int, hour: int) -> QuerySet[Rejected]:
    begins = moment_of(hour * _HOUR)
    return Rejected.objects.filter(source=source, received_at__gte=begins, received_at__lt=begins + timedelta(hours=1))


def _keep(group: Group, refusals: list[Refusal], room: int) -> int:
    """How many were stored; the others are counted with the newest of their kind."""
    source, hour, code, event = group
    same = _kept(source, hour).filter(code=code, event=event)
    # A warning is about the name, not about the element: one says it.
    most = 1 if all(refusal.is_warning for refusal in refusals) else MOST
    free = max(0, min(most - same.count(), room))
    Rejected.objects.bulk_create((_row(source, refusal) for refusal in refusals[:free]), batch_size=500)
    if len(refusals) > free:
        newest = same.order_by("-pk").first() or _kept(source, hour).order_by("-pk").first()
        if newest is not None:
            Rejected.objects.filter(pk=newest.pk).update(repeats=F("repeats") + len(refusals) - free)
    return min(free, len(refusals))


def _row(source: int, refusal: Refusal) -> Rejected:
    return Rejected(
        source=source,
        received_at=moment_of(refusal.received),
        code=refusal.code,
        says=refusal.sentence[:300],
        call=refusal.call,
        event=refusal.event,
        message_id=refusal.message_id,
        body=refusal.body,
    )
