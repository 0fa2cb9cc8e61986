"""How often each detector is right, by what people said of its findings.

A finding counts as right unless somebody called it a false alarm, so a detector nobody watches looks better than it
is: how many were judged stands beside the share for that reason.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Aggregate, Count, Exists, OuterRef, Q, Value
from django.db.models.functions import Concat

from firstwin.accounts.scope import AccountSet
from firstwin.signals.models import Dismissal, Episode, LookedBack
from firstwin.support.figures import Share


@dataclass(frozen=True)
class Precision:
    """episodes: all it ever found.  open: of those, still open.  judged: put aside for either reason.
    false_alarms: of those, as wrong.  share: those not called wrong, of all, with its interval."""

    detector: str
    episodes: int
    open: int
    judged: int
    false_alarms: int

    @property
    def share(self) -> Share:
        return Share(self.episodes - self.false_alarms, self.episodes)


def precision(accounts: AccountSet, *, now: datetime, since: datetime | None = None) -> dict[str, Precision]:
    """Detector → how often it was right, over these accounts.  since: only episodes seen from then on."""
    fair = fair_q(now, since)
    judged = judged_by_detector(accounts, fair)
    counted = by_detector(accounts, episodes=Count("pk", filter=fair), open=Count("pk", filter=fair & _OPEN))
    return {
        key: Precision(key, row["episodes"], row["open"], *judged.get(key, (0, 0)))
        for key, row in counted.items()
        if row["episodes"]
    }


def fair_q(now: datetime, since: datetime | None = None) -> Q:
    """Episodes that somebody could judge: what was over when history was told, nobody could."""
    told_after = LookedBack.objects.filter(account=OuterRef("account_id"), at__gte=OuterRef("cleared_at"))
    fair = Q(at__lte=now) & (Q(is_reconstructed=False) | Q(cleared_at__isnull=True) | ~Q(Exists(told_after)))
    return fair & Q(at__gte=since) if since is not None else fair


def by_detector(accounts: AccountSet, **counts: Aggregate) -> dict[str, dict[str, Any]]:
    """Detector → these counts of its episodes, all gone through once."""
    rows = Episode.objects.filter(accounts.q("account_id"), restated_at__isnull=True).order_by()
    # Grouped by the column itself SQLite would go by its index, and from there to the table row by row.
    counted = rows.values(of=Concat("detector", Value(""))).annotate(**counts)
    return {row["of"]: dict(row) for row in counted.order_by("of")}


def judged_by_detector(accounts: AccountSet, which: Q) -> dict[str, tuple[int, int]]:
    """Detector → (put aside for either reason, as wrong), of these episodes: people put few aside."""
    rows = Dismissal.objects.filter(accounts.q("finding__account_id"), known_until__isnull=True)
    ids = Episode.objects.filter(which, restated_at__isnull=True, pk=OuterRef("finding_id"))
    told = rows.filter(Exists(ids)).order_by().values("finding__detector")
    counted = told.annotate(n=Count("pk"), wrong=Count("pk", filter=Q(is_false_alarm=True)))
    return {key: (n, wrong) for key, n, wrong in counted.values_list("finding__detector", "n", "wrong")}


_OPEN = Q(cleared_on__isnull=True)
