"""Accounts that went quiet and accounts whose use falls, the dearest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Q, Sum
from django.urls import reverse

from firstwin.accounts.models import AccountNow
from firstwin.core.clock import day_of
from firstwin.core.money import Money
from firstwin.usage.adoption.asked import Asked
from firstwin.usage.adoption.spread import FALLS, SILENT_DAYS

MOST = 8


@dataclass(frozen=True)
class Line:
    name: str
    href: str
    owner: str
    arr: Money | None
    last_seen_on: date | None
    active: int | None
    trend: float | None
    renews_on: date | None


@dataclass(frozen=True)
class Concern:
    """count, arr: of all of them; rows: the dearest. href: all of them in the list."""

    key: str
    title: str
    rule: str
    count: int
    arr: Money
    rows: Sequence[Line]
    href: str
    nothing: str


def concerns(asked: Asked) -> tuple[Concern, Concern]:
    """Quiet and falling. Four queries."""
    since = day_of(asked.now) - timedelta(days=SILENT_DAYS - 1)
    quiet = Q(last_seen_on__lt=since)
    falling = Q(usage_trend__lte=FALLS) & ~quiet
    return (
        _concern(
            asked, "quiet", "Gone quiet", f"Used before, no use in the last {SILENT_DAYS} days", quiet,
            [("last_seen_on", "ge", SILENT_DAYS)], ("last_seen_on", "people_active_28", "usage_trend"),
            "Every account that ever came was here in the last two weeks.",
        ),
        _concern(
            asked, "falling", "Falling",
            "Events of 28 days at least 3 usual spreads below the account's own earlier windows", falling,
            [("usage_trend", "le", FALLS), ("last_seen_on", "lt", SILENT_DAYS)],
            ("usage_trend", "events_28", "last_seen_on"), "No account falls that far below its own usual.",
        ),
    )  # fmt: skip


def _concern(
    asked: Asked,
    key: str,
    title: str,
    rule: str,
    condition: Q,
    tests: list[tuple[str, str, Any]],
    show: tuple[str, ...],
    nothing: str,
) -> Concern:
    rows = asked.rows.filter(condition)
    said = rows.order_by().aggregate(n=Count("pk"), arr=Sum("arr_minor"))
    dearest = rows.order_by(F("arr_minor").desc(nulls_last=True), "account_id")[:MOST]
    currency = str(settings.FIRSTWIN_CURRENCY)
    return Concern(
        key, title, rule, said["n"], Money(said["arr"] or 0, currency), [_line(row, currency) for row in dearest],
        asked.list_url(tests, sort="-arr_minor", show=show), nothing,
    )  # fmt: skip


def _line(row: AccountNow, currency: str) -> Line:
    return Line(
        name=row.name,
        href=reverse("account_section", kwargs={"key": row.key, "section": "usage"}),
        owner=row.owner_name or "",
        arr=Money(row.arr_minor, currency) if row.arr_minor is not None else None,
        last_seen_on=row.last_seen_on,
        active=row.people_active_28,
        trend=row.usage_trend,
        renews_on=row.renews_on,
    )
