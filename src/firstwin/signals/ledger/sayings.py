"""What open findings said as of a moment. Each keeps what it says now; what it said before stands in rows of its own,
which only a question about the past reads."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import OuterRef, Subquery

from firstwin.accounts.bulk import among, plain_rows
from firstwin.accounts.timeline import batched
from firstwin.core.frames import At
from firstwin.signals.models import Episode, EpisodeSaid

_SLICE = 20_000


class Saying(NamedTuple):
    """is_reconstructed: nobody kept what it said then; this was told later."""

    severity: int
    words: str
    stake_minor: int | None
    evidence: dict[str, Any]
    is_reconstructed: bool


def said_until(at: At) -> datetime:
    """What an episode says since later than this it did not say then."""
    return min(at.moment, at.known_by)


def sayings(episode_ids: Collection[int], at: At) -> dict[int, Saying]:
    """Episode → what it said. Those of which nothing was kept are left out."""
    rows = EpisodeSaid.objects.filter(episode=OuterRef("pk"), on__lte=at.on, at__lte=at.known_by)
    last = Subquery(rows.order_by("-on", "-at", "-id").values("id")[:1])
    found: dict[int, Saying] = {}
    for some in batched(sorted(episode_ids), _SLICE):
        asked = among(Episode.objects.order_by().annotate(last=last), "id", some).values_list("last")
        ids = [pk for (pk,) in plain_rows(asked) if pk is not None]
        told = among(EpisodeSaid.objects.all(), "id", ids).values_list("episode_id", *Saying._fields)
        found |= {pk: Saying(*one) for pk, *one in told}
    return found
