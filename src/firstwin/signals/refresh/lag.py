"""Which accounts' signals lag behind: facts that are not in them yet, definitions that changed, a day that ended."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from firstwin.accounts.models import Account
from firstwin.core.clock import day_of
from firstwin.people.config.store import edition
from firstwin.signals.models import Pass, PassKind, Refreshed

_COUNTED = 10_000


@dataclass(frozen=True)
class Lag:
    """waiting: accounts whose facts are ahead of their signals, counted to 10,000.  drifting: those that only wait for
    the day or a definition.  oldest_at: when the one that lags longest was last computed; None where one never was, or
    none waits.  never: accounts that were never computed.  last_pass: the last pass over everybody that finished."""

    waiting: int
    drifting: int
    never: int
    oldest_at: datetime | None
    last_pass: Pass | None

    @property
    def is_behind(self) -> bool:
        return bool(self.waiting or self.drifting)


def lag(now: datetime) -> Lag:
    """For screens: how far signals are behind, as of now."""
    behind = Refreshed.objects.filter(account__removed_at__isnull=True, revision__lt=F("account__revision"))
    never = _never()[:_COUNTED].count()
    drifting = Refreshed.objects.filter(_stale(now), account__removed_at__isnull=True).exclude(
        revision__lt=F("account__revision")
    )
    return Lag(
        waiting=behind.order_by()[:_COUNTED].count() + never,
        drifting=drifting.order_by()[:_COUNTED].count(),
        never=never,
        oldest_at=behind.order_by("at").values_list("at", flat=True).first(),
        last_pass=Pass.objects.filter(kind=PassKind.NIGHTLY, finished_at__isnull=False).order_by("-started_at").first(),
    )


def next_accounts(now: datetime, most: int) -> list[int]:
    """What to compute next: what has new facts, longest waiting first, then what was never computed, then what only
    drifted."""
    behind = Refreshed.objects.filter(account__removed_at__isnull=True, revision__lt=F("account__revision"))
    found = list(behind.order_by("at", "account_id").values_list("account_id", flat=True)[:most])
    if len(found) < most:
        found += _never().order_by("-pk").values_list("pk", flat=True)[: most - len(found)]
    if len(found) < most:
        drifted = Refreshed.objects.filter(_stale(now), account__removed_at__isnull=True).exclude(account_id__in=found)
        found += drifted.order_by("account_id").values_list("account_id", flat=True)[: most - len(found)]
    return found


def _never() -> QuerySet[Account]:
    there = Refreshed.objects.filter(account=OuterRef("pk"))
    return Account.objects.filter(~Exists(there), removed_at__isnull=True)


def _stale(now: datetime) -> Q:
    return Q(on__lt=day_of(now)) | Q(edition__lt=edition())
