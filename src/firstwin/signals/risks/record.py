"""How each detector fares over a scope: what it found lately, what became of it, how often it was right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q

from firstwin.accounts.scope import AccountSet
from firstwin.core.clock import day_of, end_of, start_of
from firstwin.signals.models import LookedBack
from firstwin.signals.risks.open import standing
from firstwin.signals.risks.precision import Precision, by_detector, fair_q, judged_by_detector

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
    since, fair = today - timedelta(days=DAYS), fair_q(now)
    counted = by_detector(
        accounts,
        episodes=Count("pk", filter=fair),
        open_of_them=Count("pk", filter=fair & _OPEN),
        open=Count("pk", filter=_OPEN),
        opened=Count("pk", filter=_began(since, today)),
        cleared=Count("pk", filter=Q(cleared_on__gte=since)),
    )
    judged, aside = judged_by_detector(accounts, fair), judged_by_detector(accounts, _OPEN & _is_aside(today))
    return {
        key: Record(
            row["open"] - aside.get(key, (0, 0))[0],
            row["opened"],
            row["cleared"],
            Precision(key, row["episodes"], row["open_of_them"], *judged.get(key, (0, 0))),
        )
        for key, row in counted.items()
        if row["episodes"]
    }


def _is_aside(today: date) -> Any:
    return Q(Exists(standing(today).filter(finding=OuterRef("pk"))))


def _began(since: date, today: date) -> Q:
    """From a day on. Only where the past was told these days can the first day looked back to lie within."""
    from firstwin.signals.refresh.back import first_day  # numpy and the readers of facts

    looked = LookedBack.objects.filter(account=OuterRef("account_id"))
    bounds = LookedBack.objects.aggregate(first=Min("at"), last=Max("at"))
    afterwards, told = Q(), min(today, day_of(bounds["last"])) if bounds["last"] else since
    while (first := first_day(told)) >= since and end_of(told) > bounds["first"]:
        that_day = Exists(looked.filter(at__gte=start_of(told), at__lt=end_of(told)))
        afterwards &= ~(Q(first_on__lte=first) & Q(that_day))
        told -= timedelta(days=1)
    known = Q(first_on__gte=since) & Q(Exists(looked))
    # What most are comes first: the rest is not asked of them.
    return known & (Q(is_reconstructed=False) | afterwards) if afterwards else known


_OPEN = Q(cleared_on__isnull=True)
