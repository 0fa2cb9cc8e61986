"""Whether a source's events arrive: what its developer watches while the first one is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from firstwin.accounts.scope import AccountSet
from firstwin.usage.models import Source
from firstwin.usage.screens.arrivals import Arrival, Wanted, stored, waiting, without_details
from firstwin.usage.screens.debugging import TAKEN_UP
from firstwin.usage.screens.health import SLOW
from firstwin.usage.screens.reasons import Reason, reason_of
from firstwin.usage.store.models import Inbox, Rejected, SourceHour

SHOWN = 5
WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class TurnedDown:
    row: Rejected
    reason: Reason


@dataclass(frozen=True)
class Watched:
    """What came from one source in the last 24 hours, the newest first. mark: changes whenever anything came."""

    mark: str
    arrivals: list[Arrival]
    turned_down: list[TurnedDown]
    is_slow: bool

    @property
    def is_waiting(self) -> bool:
        return not self.arrivals and not self.turned_down

    @property
    def latest(self) -> Arrival | None:
        return self.arrivals[0] if self.arrivals else None

    @property
    def is_rejected_last(self) -> bool:
        """Whether the last thing that came was turned down."""
        return bool(self.turned_down) and (
            not self.arrivals or self.turned_down[0].row.received_at > self.arrivals[0].received_at
        )


def mark_of(source: Source) -> str:
    """Three small questions of indexes: asked every two seconds by everyone who watches."""
    mine = {"source": source.pk}
    last = SourceHour.objects.filter(**mine).order_by("-hour_at").values_list("last_at", "events", "repeated").first()
    bad = Rejected.objects.filter(**mine).aggregate(last=Max("received_at"))["last"]
    inbox = Inbox.objects.filter(**mine, held_at__isnull=True).order_by("-pk").values_list("pk", flat=True)[:1]
    told = [inbox[0] if inbox else 0, *(last or ()), bad or ""]
    return "_".join(str(one.timestamp() if isinstance(one, datetime) else one) for one in told)


def watched(source: Source, *, scope: AccountSet, may_see: bool, now: datetime) -> Watched:
    """may_see: whether the reader sees what customers send, or only what is about accounts of theirs."""
    mark = mark_of(source)  # first: what comes while we look is then told the next time
    wanted = Wanted(source=source.pk, since=now - WITHIN)
    names = {source.pk: source.name}
    waits = waiting(wanted, names, count=SHOWN)
    came = SourceHour.objects.filter(source=source.pk, last_at__gte=now - WITHIN).exists()
    more = stored(wanted, names, scope, count=SHOWN - len(waits)) if came and len(waits) < SHOWN else []
    arrivals = [one if may_see else without_details(one) for one in (*waits, *more)]
    bad = Rejected.objects.filter(source=source.pk, received_at__gte=now - WITHIN, replayed_at__isnull=True)
    bad = bad.exclude(code__in=TAKEN_UP)
    turned_down = [TurnedDown(row, reason_of(row.code)) for row in bad.order_by("-received_at", "-pk")[:3]]
    is_slow = any(now - one.received_at > SLOW for one in waits)
    return Watched(mark, arrivals, turned_down, is_slow)
