"""Questions for the screens: how many accounts are in each segment and served by each experience, and who moved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum

from firstwin.accounts.models import AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core.money import Money
from firstwin.signals.models import Band, Refreshed, SegmentStay
from firstwin.signals.section.portfolio import staying
from firstwin.ui.charts import Part

WEEK = timedelta(days=7)


@dataclass
class Standing:
    """Of one segment or experience. arr_minor: None where nothing is known of it.  bands: health band → accounts."""

    accounts: int = 0
    arr_minor: int | None = None
    bands: dict[str, int] = field(default_factory=dict)
    entered: int = 0
    left: int = 0

    @property
    def arr(self) -> Money | None:
        return None if self.arr_minor is None else Money(self.arr_minor, str(settings.FIRSTWIN_CURRENCY))

    @property
    def mix(self) -> list[Part]:
        """Accounts by health band, those that have any."""
        return [Part(label, self.bands[band], Band(band).tone) for band, label in Band.choices if self.bands.get(band)]


@dataclass(frozen=True)
class Freshness:
    """until: how old the oldest signals are; None before any were worked out."""

    until: Any
    waiting: int


def standings(accounts: AccountSet, today: date) -> dict[str, Standing]:
    """By key of the segment, in as many questions however many segments there are."""
    found: dict[str, Standing] = {}
    rows = _stays(accounts)
    opened = rows.filter(left_on__isnull=True)
    sums = opened.values("segment", "account__now__health_band")
    for key, band, n, arr in sums.annotate(n=Count("pk"), arr=Sum("account__now__arr_minor")).values_list(
        "segment", "account__now__health_band", "n", "arr"
    ):
        _add(found.setdefault(key, Standing()), band, n, arr)
    since = today - WEEK
    entered = Count("pk", filter=Q(entered_on__gt=since, entered_on__lte=today))
    left = Count("pk", filter=Q(left_on__gt=since, left_on__lte=today))
    moved = rows.filter(Q(entered_on__gt=since) | Q(left_on__gt=since)).order_by()
    lately = moved.values("segment").annotate(entered=entered, left=left)
    for key, came, went in lately.values_list("segment", "entered", "left"):
        if came or went:
            standing = found.setdefault(key, Standing())
            standing.entered, standing.left = came, went
    return found


def served(accounts: AccountSet) -> dict[str, Standing]:
    """By key of the experience; "" for those nobody serves. Without the customers that left."""
    found: dict[str, Standing] = {}
    rows = staying(accounts).values("experience", "health_band").annotate(n=Count("pk"), arr=Sum("arr_minor"))
    for key, band, n, arr in rows.values_list("experience", "health_band", "n", "arr"):
        _add(found.setdefault(key or "", Standing()), band, n, arr)
    return found


def moves(segment: str, accounts: AccountSet, *, most: int = 40) -> list[SegmentStay]:
    """Who entered and left lately, the latest first. `left_on` tells which."""
    rows = _stays(accounts).filter(segment=segment).select_related("account")
    entered = rows.order_by("-entered_on", "-pk")[:most]
    left = rows.filter(left_on__isnull=False).order_by("-left_on", "-pk")[:most]
    return list({row.pk: row for row in (*entered, *left)}.values())


def by_week(segment: str, accounts: AccountSet, today: date, *, weeks: int = 12) -> list[tuple[date, int, int]]:
    """(Monday, entered, left) of the last weeks, oldest first."""
    monday = today - timedelta(days=today.weekday())
    starts = [monday - WEEK * n for n in range(weeks - 1, -1, -1)]
    rows = _stays(accounts).filter(segment=segment)
    entered = _days(rows.filter(entered_on__gte=starts[0]).values_list("entered_on", flat=True))
    left = _days(rows.filter(left_on__gte=starts[0]).values_list("left_on", flat=True))
    return [(start, entered.get(start, 0), left.get(start, 0)) for start in starts]


def freshness(accounts: AccountSet) -> Freshness:
    """As of when the figures are; waiting: accounts whose signals were never worked out."""
    rows = accounts.now()
    known = Refreshed.objects.filter(accounts.q("account_id"))
    oldest = known.order_by("at").values_list("at", flat=True).first()
    waiting = rows.filter(~Q(account_id__in=known.values("account_id"))).count() if oldest else rows.count()
    return Freshness(oldest, waiting)


def _stays(accounts: AccountSet) -> QuerySet[SegmentStay]:
    standing = SegmentStay.objects.filter(restated_at__isnull=True, account__now__is_removed=False)
    return standing.filter(accounts.q("account_id"))


def _days(days: Iterable[date | None]) -> Mapping[date, int]:
    found: dict[date, int] = {}
    for day in filter(None, days):
        start = day - timedelta(days=day.weekday())
        found[start] = found.get(start, 0) + 1
    return found


def _add(standing: Standing, band: str | None, n: int, arr: int | None) -> None:
    standing.accounts += n
    standing.bands[band or "unknown"] = standing.bands.get(band or "unknown", 0) + n
    if arr is not None:
        standing.arr_minor = (standing.arr_minor or 0) + arr


def members_q(segment: str) -> Q:
    """The accounts of a segment, over list rows."""
    return Q(segments__contains=f"|{segment}|")


def members(segment: str, accounts: AccountSet) -> QuerySet[AccountNow]:
    return accounts.now().filter(members_q(segment))
