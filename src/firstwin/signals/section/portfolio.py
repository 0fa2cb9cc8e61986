"""The health of all accounts a reader may see, summed by the database over the list rows.

Customers that left keep their last reading and count nowhere here, nor in the lists behind the figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncQuarter
from django.urls import reverse

from firstwin.accounts.models import AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core.conditions import All, Condition, Not, Test, to_query
from firstwin.core.money import Money
from firstwin.people.config.labels import labels
from firstwin.signals.models import Band, Reading
from firstwin.signals.section.gather import tone_of
from firstwin.ui.charts import Part

WEEK = timedelta(days=7)
MUCH = 10.0
"""Points in a week that are told even within a band."""
LOW_COVERAGE = 0.7
MOST_MOVES = 15
MOST_OWNERS = 15
QUARTERS = 4
"""After the one that runs."""
LEFT = Test("commercial_status", "eq", "churned")
STAYED = Not(LEFT)
ORDER = (Band.RED, Band.AMBER, Band.GREEN, Band.UNKNOWN)


@dataclass(frozen=True)
class Share:
    """Accounts of one band. href: the list of them."""

    band: str
    label: str
    tone: str
    accounts: int
    arr: Money
    href: str


@dataclass(frozen=True)
class Mix:
    """left: customers that left and are not counted.  left_href: the list of them."""

    shares: Sequence[Share]
    accounts: int
    arr: Money
    by_count: Sequence[Part]
    by_arr: Sequence[Part]
    left: int = 0
    left_href: str = ""


@dataclass(frozen=True)
class Move:
    """words: the sentence of the change. was: label of the band before, empty where it is the same or not known."""

    row: AccountNow
    tone: str
    band: str
    was: str
    arr: Money | None


@dataclass(frozen=True)
class Moves:
    """much_fell, much_rose: of them, those that lost or gained `MUCH` points or more, as the lists behind hold them."""

    fell: int
    rose: int
    much_fell: int
    much_rose: int
    shown: Sequence[Move]
    others: int


@dataclass(frozen=True)
class Quarter:
    """What renews in a quarter: at_risk is the stake of open risks, each unit of it once per account."""

    label: str
    accounts: int
    arr: Money
    red: Money
    amber: Money
    at_risk: Money
    href: str
    red_href: str
    amber_href: str
    risk_href: str


@dataclass(frozen=True)
class Slice:
    """One experience or owner."""

    label: str
    accounts: int
    arr: Money
    red: int
    red_arr: Money
    unknown: int
    href: str
    red_href: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Blind:
    """What cannot be said. never: accounts without any reading."""

    unknown: int
    low: int
    never: int
    unknown_href: str
    low_href: str
    never_href: str


def mix_of(accounts: AccountSet) -> Mix:
    rows = staying(accounts).order_by().values("health_band").annotate(n=Count("pk"), arr=Sum("arr_minor"))
    found: dict[str, tuple[int, int]] = {}
    for band, n, arr in rows.values_list("health_band", "n", "arr"):
        was = found.get(band or Band.UNKNOWN, (0, 0))
        found[band or Band.UNKNOWN] = (was[0] + n, was[1] + (arr or 0))
    shares = [
        Share(band, str(band.label), tone_of(band), *_share(found.get(band, (0, 0))), _list(_band(band)))
        for band in ORDER
    ]
    return Mix(
        shares=shares,
        accounts=sum(one.accounts for one in shares),
        arr=_money(sum(one.arr.minor for one in shares)),
        by_count=[Part(one.label, one.accounts, one.tone) for one in shares if one.accounts],
        by_arr=[
            Part(one.label, one.arr.minor, one.tone, one.arr.format(decimals=False)) for one in shares if one.arr.minor
        ],
        left=accounts.now().filter(commercial_status=LEFT.value).count(),
        left_href=list_of(LEFT),
    )


def moves_of(accounts: AccountSet, today: date, bounds: Mapping[str, tuple[float, float]]) -> Moves:
    """Who moved by `MUCH` points or to another band within a week.  bounds: experience → (amber from, green from).

    What came to be unknown, or known again, is told by the last reading before the week.
    """
    rows = _with_before(staying(accounts), today - WEEK)
    known = Q(health_change__isnull=False)
    crossed = _crossed(bounds) & known
    turned = Q(health_change__isnull=True, before_band__isnull=False) & ~Q(before_band=F("health_band"))
    fell = (known & Q(health_change__lte=-MUCH)) | (crossed & Q(health_change__lt=0))
    rose = (known & Q(health_change__gte=MUCH)) | (crossed & Q(health_change__gt=0))
    turned_dark, turned_up = turned & Q(health_band=Band.UNKNOWN), turned & ~Q(health_band=Band.UNKNOWN)
    down, up = fell | turned_dark, rose | turned_up
    counted = rows.order_by().aggregate(
        down=Count("pk", filter=down), up=Count("pk", filter=up),
        much_down=Count("pk", filter=Q(health_change__lte=-MUCH)),
        much_up=Count("pk", filter=Q(health_change__gte=MUCH)),
    )  # fmt: skip
    # The dearest first: of those that fell two thirds of the room, if there are so many.
    first = list(rows.filter(down).order_by(F("arr_minor").desc(nulls_last=True), "pk")[:MOST_MOVES])
    second = list(rows.filter(up).order_by(F("arr_minor").desc(nulls_last=True), "pk")[:MOST_MOVES])
    keep = max(MOST_MOVES - len(second), min(len(first), 2 * MOST_MOVES // 3))
    shown = [*first[:keep], *second[: MOST_MOVES - min(keep, len(first))]]
    told = [_move(row, bounds) for row in shown]
    others = counted["down"] + counted["up"] - len(told)
    return Moves(counted["down"], counted["up"], counted["much_down"], counted["much_up"], told, others)


def quarters_of(accounts: AccountSet, today: date) -> list[Quarter]:
    """The quarter that runs and those after it, by what renews in them."""
    first = _quarter(today)
    starts = [first]
    for _ in range(QUARTERS + 1):
        starts.append(_next(starts[-1]))
    rows = accounts.now().filter(renews_on__gte=today, renews_on__lt=starts[-1]).order_by()
    summed = rows.annotate(quarter=TruncQuarter("renews_on")).values("quarter").annotate(
        n=Count("pk"), arr=Sum("arr_minor"), red=Sum("arr_minor", filter=Q(health_band=Band.RED)),
        amber=Sum("arr_minor", filter=Q(health_band=Band.AMBER)), stake=Sum("at_risk_minor"),
    )  # fmt: skip
    found = {row["quarter"]: row for row in summed}
    told = []
    for start, end in pairwise(starts):
        row: Mapping[str, Any] = found.get(start, {})
        within = (Test("renews", "ge", max(start, today).isoformat()), Test("renews", "lt", end.isoformat()))
        told.append(
            Quarter(
                label=f"Q{(start.month + 2) // 3} {start.year}",
                accounts=row.get("n", 0),
                arr=_money(row.get("arr")),
                red=_money(row.get("red")),
                amber=_money(row.get("amber")),
                at_risk=_money(row.get("stake")),
                href=list_of(All(within)),
                red_href=list_of(All((*within, _band(Band.RED)))),
                amber_href=list_of(All((*within, _band(Band.AMBER)))),
                risk_href=list_of(All((*within, Test("risks_open", "ge", 1)))),
            )
        )
    return told


def blind_of(accounts: AccountSet) -> Blind:
    low = Q(health__isnull=False, health_coverage__lt=LOW_COVERAGE)
    counted = staying(accounts).order_by().aggregate(
        unknown=Count("pk", filter=Q(health_band=Band.UNKNOWN)), low=Count("pk", filter=low),
        never=Count("pk", filter=Q(health_band__isnull=True)),
    )  # fmt: skip
    return Blind(
        counted["unknown"], counted["low"], counted["never"], _list(Test("health_band", "eq", str(Band.UNKNOWN))),
        _list(Test("health", "set"), Test("health_coverage", "lt", LOW_COVERAGE)),
        _list(Test("health_band", "not_set")),
    )  # fmt: skip


def by_experience(accounts: AccountSet) -> list[Slice]:
    names = dict(labels("experience"))
    rows = _parts(staying(accounts), "experience")
    return [
        _part(
            names.get(key, key) if key else "None",
            row,
            Test("experience", "eq", key) if key else _missing("experience"),
        )
        for key, row in rows
    ]


def by_owner(accounts: AccountSet) -> list[Slice]:
    """Those with most ARR in red first."""
    rows = _parts(staying(accounts), "owner_id", "owner_name")
    found = [
        _part(row["owner_name"] or "Nobody", row, Test("owner", "eq", key) if key else _missing("owner"))
        for key, row in rows
    ]
    return sorted(found, key=lambda one: (-one.red_arr.minor, -one.red, one.label))[:MOST_OWNERS]


def staying(accounts: AccountSet) -> QuerySet[AccountNow]:
    """Without the customers that left."""
    return accounts.now().exclude(commercial_status=LEFT.value)


def list_of(tree: Condition) -> str:
    """The account list narrowed to these."""
    return f"{reverse('accounts')}?{urlencode(to_query(tree))}"


def moved_lists() -> tuple[str, str]:
    """(lists of those that fell, that rose) by much."""
    return _list(Test("health_change", "le", -MUCH)), _list(Test("health_change", "ge", MUCH))


def _list(*parts: Condition) -> str:
    return list_of(All((*parts, STAYED)))


def _parts(rows: QuerySet[AccountNow], key: str, *more: str) -> list[tuple[Any, Mapping[str, Any]]]:
    counts = {f"n_{band}": Count("pk", filter=Q(health_band=band)) for band in (Band.RED, Band.AMBER, Band.GREEN)}
    summed = rows.order_by().values(key, *more).annotate(
        n=Count("pk"), arr=Sum("arr_minor"), red=Sum("arr_minor", filter=Q(health_band=Band.RED)), **counts
    )  # fmt: skip
    return sorted(((row[key], row) for row in summed), key=lambda pair: (-(pair[1]["arr"] or 0), str(pair[0])))


def _part(label: str, row: Mapping[str, Any], test: Condition) -> Slice:
    known = {band: row[f"n_{band}"] for band in (Band.RED, Band.AMBER, Band.GREEN)}
    bands = {**known, Band.UNKNOWN: row["n"] - sum(known.values())}
    return Slice(
        label=label,
        accounts=row["n"],
        arr=_money(row["arr"]),
        red=known[Band.RED],
        red_arr=_money(row["red"]),
        unknown=bands[Band.UNKNOWN],
        href=_list(test),
        red_href=_list(test, _band(Band.RED)),
        parts=[Part(str(band.label), bands[band], tone_of(band)) for band in ORDER if bands[band]],
    )


def _with_before(rows: QuerySet[AccountNow], on: date) -> QuerySet[AccountNow]:
    """With the band of the last reading before the week, where points alone cannot tell."""
    earlier = Reading.objects.filter(account=OuterRef("pk"), is_primary=True, on__lte=on).order_by("-at", "-id")
    asked = rows.filter(health_band__isnull=False)
    return asked.annotate(before_band=Subquery(earlier.values("band")[:1]))


def _crossed(bounds: Mapping[str, tuple[float, float]]) -> Q:
    """Whether the points before and now lie in other bands, by the bounds of the scorecard that serves."""
    found = Q(pk__in=[])
    for experience, (amber, green) in bounds.items():
        mine = Q(experience=experience) if experience else Q(experience__isnull=True)
        for bound in (amber, green):
            over = Q(health__gte=bound) & Q(health_change__gt=F("health") - bound)
            under = Q(health__lt=bound) & Q(health_change__lte=F("health") - bound)
            found |= mine & (over | under)
    return found


def _move(row: AccountNow, bounds: Mapping[str, tuple[float, float]]) -> Move:
    was = row.before_band  # type: ignore[attr-defined]  # annotated
    if row.health is not None and row.health_change is not None:
        was = _band_of(row.health - row.health_change, bounds.get(row.experience or "", (50.0, 75.0)))
    band = row.health_band or Band.UNKNOWN
    return Move(
        row, tone_of(band), str(Band(band).label), str(Band(was).label) if was and was != band else "",
        None if row.arr_minor is None else _money(row.arr_minor),
    )  # fmt: skip


def _band_of(points: float, bounds: tuple[float, float]) -> str:
    amber, green = bounds
    return Band.RED if points < amber else Band.AMBER if points < green else Band.GREEN


def _band(band: str) -> Test:
    """Unknown: also those that were never worked out."""
    if band == Band.UNKNOWN:
        return Test("health", "not_set")
    return Test("health_band", "eq", str(band))


def _missing(field: str) -> Test:
    return Test(field, "not_set")


def _share(pair: tuple[int, int]) -> tuple[int, Money]:
    return pair[0], _money(pair[1])


def _money(minor: int | None) -> Money:
    return Money(int(minor or 0), str(settings.FIRSTWIN_CURRENCY))


def _quarter(day: date) -> date:
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _next(start: date) -> date:
    return date(start.year + start.month // 10, (start.month + 2) % 12 + 1, 1)
