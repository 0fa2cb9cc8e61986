"""How often each detector is right, by what people said of its findings.

A finding counts as right unless somebody called it a false alarm, so a detector nobody watches looks better than it
is: how many were judged stands beside the share for that reason.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q

from firstwin.accounts.scope import AccountSet
from firstwin.signals.models import Episode
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
    rows = Episode.objects.filter(accounts.q("account_id"), restated_at__isnull=True, at__lte=now)
    # What was over when history was told, nobody could judge.
    rows = rows.exclude(is_reconstructed=True, cleared_at__lte=F("account__looked_back__at"))
    if since is not None:
        rows = rows.filter(at__gte=since)
    stands = Q(dismissals__known_until__isnull=True, dismissals__isnull=False)
    counted = rows.values("detector").annotate(
        episodes=Count("pk", distinct=True),
        open=Count("pk", filter=Q(cleared_on__isnull=True), distinct=True),
        judged=Count("pk", filter=stands, distinct=True),
        false_alarms=Count("pk", filter=stands & Q(dismissals__is_false_alarm=True), distinct=True),
    )
    return {row["detector"]: Precision(**row) for row in counted.order_by("detector")}
