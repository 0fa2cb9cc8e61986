"""How each detector fares over a scope: what it found lately, what became of it, how often it was right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from firstwin.accounts.scope import AccountSet
from firstwin.core.clock import day_of, end_of, start_of
from firstwin.signals.models import Episode
from firstwin.signals.risks.open import standing
from firstwin.signals.risks.precision import Precision, precision

DAYS = 90


@dataclass(frozen=True)
class Record:
    """open: now, none put aside.  opened, cleared: over the last `DAYS`.  right: over all it ever found.

    Opened is what began then: not what was open already on the first day that was looked back to, nor what was found of
    accounts whose past is not told yet.
    """

    open: int
    opened: int
    cleared: int
    right: Precision


def records(accounts: AccountSet, *, now: datetime) -> Mapping[str, Record]:
    """By key of the detector; those that never found anything are left out."""
    today = day_of(now)
    since = today - timedelta(days=DAYS)
    rows = Episode.objects.filter(accounts.q("account_id"), restated_at__isnull=True).order_by()
    is_aside: Any = Exists(standing(today).filter(finding=OuterRef("pk")))
    counted = rows.values("detector").annotate(
        open=Count("pk", filter=Q(cleared_on__isnull=True) & ~is_aside),
        opened=Count("pk", filter=_began(since, today)),
        cleared=Count("pk", filter=Q(cleared_on__gte=since)),
    )
    lately = {row["detector"]: row for row in counted}
    return {key: _record(lately.get(key, {}), one) for key, one in precision(accounts, now=now).items()}


def _began(since: date, today: date) -> Q:
    """From a day on. Only where the past was told these days can the first day looked back to lie within."""
    from firstwin.signals.refresh.back import first_day  # numpy and the readers of facts

    known = Q(first_on__gte=since, account__looked_back__isnull=False)
    told = today
    while (first := first_day(told)) >= since:
        that_day = Q(account__looked_back__at__gte=start_of(told), account__looked_back__at__lt=end_of(told))
        known &= ~(that_day & Q(is_reconstructed=True, first_on__lte=first))
        told -= timedelta(days=1)
    return known


def _record(row: Mapping[str, Any], right: Precision) -> Record:
    return Record(row.get("open", 0), row.get("opened", 0), row.get("cleared", 0), right)
