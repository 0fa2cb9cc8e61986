"""Whose health moved within a week, the dearest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from firstwin.accounts.models import AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core.conditions import Test, over_all
from firstwin.core.money import Money
from firstwin.signals.models import Band, Reading
from firstwin.signals.section.gather import tone_of
from firstwin.signals.section.portfolio import listed, money, staying

WEEK = timedelta(days=7)
MUCH = 10.0
"""Points in a week that are told even within a band."""
MOST_MOVES = 15

_Ranked = Sequence[tuple[int, int | None]]
"""(account id, ARR)."""


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


def moves_of(accounts: AccountSet, today: date, bounds: Mapping[str, tuple[float, float]]) -> Moves:
    """Who moved by `MUCH` points or to another band within a week.  bounds: experience → (amber from, green from).

    What came to be unknown, or known again, is told by the last reading before the week.
    """
    rows, eve = staying(accounts).order_by(), today - WEEK
    known = rows.filter(over_all(Q(health_band__isnull=False, health_change__isnull=False)))
    crossed = _crossed(bounds)
    fell = Q(health_change__lte=-MUCH) | (crossed & Q(health_change__lt=0))
    rose = Q(health_change__gte=MUCH) | (crossed & Q(health_change__gt=0))
    counted = known.aggregate(
        down=Count("pk", filter=fell), up=Count("pk", filter=rose),
        much_down=Count("pk", filter=Q(health_change__lte=-MUCH)),
        much_up=Count("pk", filter=Q(health_change__gte=MUCH)),
    )  # fmt: skip
    dark, lit = _turned(rows.filter(over_all(Q(health_band__isnull=False, health_change__isnull=True))), eve)
    down, up = counted["down"] + len(dark), counted["up"] + len(lit)
    # The dearest first: of those that fell two thirds of the room, if there are so many.
    first = _dearest(_ranked(known.filter(over_all(fell))) if counted["down"] else (), dark)
    second = _dearest(_ranked(known.filter(over_all(rose))) if counted["up"] else (), lit)
    keep = max(MOST_MOVES - len(second), min(len(first), 2 * MOST_MOVES // 3))
    shown = [*first[:keep], *second[: MOST_MOVES - min(keep, len(first))]]
    found = {row.account_id: row for row in _with_before(AccountNow.objects.filter(account_id__in=shown), eve)}
    told = [_move(found[pk], bounds) for pk in shown]
    return Moves(down, up, counted["much_down"], counted["much_up"], told, down + up - len(told))


def moved_lists() -> tuple[str, str]:
    """(lists of those that fell, that rose) by much."""
    return listed(Test("health_change", "le", -MUCH)), listed(Test("health_change", "ge", MUCH))


def _turned(rows: QuerySet[AccountNow], on: date) -> tuple[_Ranked, _Ranked]:
    """(those that came to be unknown, those that came to be known), by the last reading until a day."""
    last = Subquery(_until(on).filter(account=OuterRef(OuterRef("pk"))).values("pk")[:1])
    was_other = Reading.objects.filter(pk=last).exclude(band=OuterRef("health_band"))
    told = rows.filter(Exists(was_other)).values_list("account_id", "arr_minor", "health_band")
    dark: list[tuple[int, int | None]] = []
    lit: list[tuple[int, int | None]] = []
    for pk, arr, band in told:
        (dark if band == Band.UNKNOWN else lit).append((pk, arr))
    return dark, lit


def _ranked(rows: QuerySet[AccountNow]) -> _Ranked:
    dearest = rows.order_by(F("arr_minor").desc(nulls_last=True), "pk")
    return list(dearest.values_list("account_id", "arr_minor")[:MOST_MOVES])


def _dearest(*some: _Ranked) -> list[int]:
    every = [pair for ranked in some for pair in ranked]
    every.sort(key=lambda pair: (pair[1] is None, -(pair[1] or 0), pair[0]))
    return [pk for pk, _ in every[:MOST_MOVES]]


def _until(on: date) -> QuerySet[Reading]:
    return Reading.objects.filter(is_primary=True, on__lte=on).order_by("-at", "-id")


def _with_before(rows: QuerySet[AccountNow], on: date) -> QuerySet[Any]:
    """With the band of the last reading before the week, where points alone cannot tell."""
    return rows.annotate(before_band=Subquery(_until(on).filter(account=OuterRef("pk")).values("band")[:1]))


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


def _move(row: Any, bounds: Mapping[str, tuple[float, float]]) -> Move:
    was = row.before_band
    if row.health is not None and row.health_change is not None:
        was = _band_of(row.health - row.health_change, bounds.get(row.experience or "", (50.0, 75.0)))
    band = row.health_band or Band.UNKNOWN
    return Move(
        row, tone_of(band), str(Band(band).label), str(Band(was).label) if was and was != band else "",
        None if row.arr_minor is None else money(row.arr_minor),
    )  # fmt: skip


def _band_of(points: float, bounds: tuple[float, float]) -> str:
    amber, green = bounds
    return Band.RED if points < amber else Band.AMBER if points < green else Band.GREEN
