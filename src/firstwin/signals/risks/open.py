"""Open risks and opportunities over a scope, for the screen: filtered, gravest first, most at stake first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from firstwin.accounts.models import AccountNow
from firstwin.signals.few import of_accounts
from firstwin.signals.models import Dismissal, Episode, What
from firstwin.signals.refresh.definitions import Definitions

SHOWN, AT_ONCE = 100, 200
"""In view, and put aside in one go: each is a row of its own in one transaction."""
OPEN, ASIDE = "open", "aside"
FAMILIES = {
    "relationship": "Relationship", "usage": "Usage", "commercial": "Commercial", "support": "Support",
    "progress": "Progress", "growth": "Growth",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Which of them: empty means any. state: open, or those put aside."""

    what: str = ""
    family: str = ""
    severity: int = 0
    detector: str = ""
    state: str = OPEN


def found(rows: QuerySet[AccountNow], asked: Asked, definitions: Definitions, today: date) -> QuerySet[Episode]:
    """Episodes that are not over, of these accounts, in order: severity, then ARR at stake."""
    held = _held(rows, today, is_aside=asked.state == ASIDE)
    if asked.what:
        held = held.filter(what=asked.what)
    if asked.severity:
        held = held.filter(severity=asked.severity)
    if asked.detector:
        held = held.filter(detector=asked.detector)
    if asked.family:
        keys = [key for key, one in definitions.detectors.items() if one.parsed.family == asked.family]
        held = held.filter(detector__in=keys)
    at_stake = F("stake_minor").desc(nulls_last=True)
    return held.order_by("-severity", at_stake, "account_id", "pk").select_related("account__now", "account__refreshed")


def first(held: QuerySet[Episode], most: int) -> list[Episode]:
    """The first of them. Their ids are found before them: what is sorted is then no more than what it is sorted by."""
    ids = list(held.values_list("pk", flat=True)[:most])
    rows = Episode.objects.select_related("account__now", "account__refreshed").in_bulk(ids)
    return [rows[pk] for pk in ids if pk in rows]


def counts(rows: QuerySet[AccountNow], today: date) -> dict[str, int]:
    """What is found → how many are open, none put aside."""
    counted = _held(rows, today, is_aside=False).order_by().values("what").annotate(n=Count("pk"))
    return {str(what): n for what, n in counted.values_list("what", "n")}


def _held(rows: QuerySet[AccountNow], today: date, *, is_aside: bool) -> QuerySet[Episode]:
    # Both words of `what` are named: the index over what is open begins with it.
    is_open = Q(what__in=What.values, cleared_on__isnull=True, restated_at__isnull=True)
    held = of_accounts(Episode.objects.all(), rows, is_open)
    stands = Exists(standing(today).filter(finding=OuterRef("pk")))
    return held.filter(stands if is_aside else ~stands)


def standing(today: date) -> Any:
    """What people put aside and what stays so today."""
    return Dismissal.objects.standing().filter(Q(until_on__isnull=True) | Q(until_on__gt=today))


def aside_of(episodes: Iterable[Episode], today: date) -> Mapping[int, Dismissal]:
    """Id of the finding → how it was put aside."""
    ids = [one.pk for one in episodes]
    return {one.finding_id: one for one in standing(today).filter(finding__in=ids).select_related("author")}
