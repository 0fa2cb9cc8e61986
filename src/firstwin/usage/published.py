"""The usage columns of the list rows, as of the day."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from firstwin.accounts.published import ISSUES, Family, register_family
from firstwin.accounts.quality import register_kinds
from firstwin.core.clock import day_of

FAMILY = "usage"
COLUMNS = (
    "people_active_7", "people_active_28", "last_seen_on", "usage_days_14", "weekly_share", "licence_share",
    "habit_weeks", "depth_share", "teams_28", "stickiness", "usage_trend", "events_28", "activated_on", "first_win_on",
)  # fmt: skip


def usage_columns(account_ids: Sequence[int], now: datetime) -> Mapping[int, Mapping[str, Any]]:
    """Account id → column → value, as of `now`. Accounts of which nothing was ever sent are left out."""
    # The engines of the lake load only where there is something to read.
    from firstwin.usage.metrics.reach import may_have_use

    some = may_have_use(account_ids)
    if not some:
        return {}
    from firstwin.usage.metrics.population import usage_of

    found = usage_of(some, day_of(now), now=now)
    return {pk: columns_of(one) | {ISSUES: findings_of(one)} for pk, one in found.items() if one.basis != "none"}


def columns_of(one: Any) -> dict[str, Any]:
    """one: a `metrics.reading.Usage`."""
    return {
        "people_active_7": one.active_7,
        "people_active_28": one.active_28,
        "last_seen_on": day_of(one.last_seen_at) if one.last_seen_at is not None else None,
        "usage_days_14": one.days_14,
        "weekly_share": one.weekly_share,
        "licence_share": one.licence_share,
        "habit_weeks": one.habit_weeks,
        "depth_share": one.depth_share,
        "teams_28": one.teams_28,
        "stickiness": one.stickiness,
        "usage_trend": one.trend,
        "events_28": one.events_28,
        "activated_on": one.activated_on,
        "first_win_on": one.first_win_on,
    }


def findings_of(one: Any) -> list[dict[str, Any]]:
    """What is odd in who uses it."""
    from firstwin.usage.metrics.reading import CROWD

    if (one.people_ever or 0) <= CROWD:
        return []
    says = f"Too many people: more than {CROWD:,} were seen"
    return [{"code": "crowd", "says": says, "remedy": "See that events carry the id of a person, not one of their own"}]


def register_all() -> None:
    """Called once, when the app is ready."""
    register_kinds(("crowd", "Too many people"))
    register_family(Family(FAMILY, COLUMNS, usage_columns, frozenset(COLUMNS)))
