"""The usage room's part of the frame: what `metrics` says of many accounts on many days."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from firstwin.core.frames import At, Column, Columns, ComputedFamily, register_frame
from firstwin.usage.frame import events

if TYPE_CHECKING:
    from firstwin.usage.metrics.columns import Columns as Numbers

ROOM = "usage"
COLUMNS = (
    "people_active_7", "people_active_28", "last_seen", "usage_days_14", "weekly_share", "licence_share", "habit_weeks",
    "depth_share", "teams_28", "stickiness", "usage_trend", "events_28", "activated", "first_win",
    "products_without_win", "people_active_1", "sites_28", "usage_change", "days_to_value",
)  # fmt: skip


def usage(ids: Any, ats: Sequence[At]) -> list[Columns]:
    """As `published` has it: nothing is known of an account that never sent anything."""
    import numpy as np

    from firstwin.usage.metrics.many import columns_on
    from firstwin.usage.metrics.reach import may_have_use

    some = np.array(may_have_use(ids.tolist()), np.int64)
    if not len(some):
        return [_nothing(len(ids)) for _ in ats]
    places = np.searchsorted(ids, some)
    found: list[Columns] = []
    for group in _by_day(ats):  # the lake answers several days at once, each of them once
        days = [at.on for at in group]
        told = columns_on(some.tolist(), days, known_by=[at.known_by for at in group], now=max(a.moment for a in group))
        found += [_spread(_columns(told[day]), places, len(ids)) for day in days]
    order = [at for group in _by_day(ats) for at in group]
    by_at = dict(zip(order, found, strict=True))
    return [by_at[at] for at in ats]


def learned(account_ids: Sequence[int], since: datetime) -> Mapping[int, date]:
    from firstwin.usage.metrics.learned import learned_later

    return learned_later(account_ids, since)


def _by_day(ats: Sequence[At]) -> list[list[At]]:
    """Groups in which no day stands twice."""
    groups: list[dict[Any, At]] = []
    for at in dict.fromkeys(ats):
        group = next((one for one in groups if at.on not in one), None)
        if group is None:
            groups.append(group := {})
        group[at.on] = at
    return [list(group.values()) for group in groups]


def _columns(told: "Numbers") -> dict[str, Column]:
    import numpy as np

    from firstwin.core.moments import days_of
    from firstwin.usage.metrics.asking import NEVER
    from firstwin.usage.metrics.columns import NONE

    seen = told.basis != NONE
    was_seen = told.last_seen != NEVER

    def whole(values: Any) -> Column:
        known = seen & (values != NEVER)
        return Column(np.where(known, values, 0).astype(np.int64), known)

    def part(values: Any) -> Column:
        known = seen & ~np.isnan(values)
        return Column(np.where(known, values, 0.0), known)

    won = (told.first_win != NEVER) & (told.bought.started != NEVER)
    return {
        "people_active_1": whole(told.active_1),
        "people_active_7": whole(told.active_7),
        "people_active_28": whole(told.active_28),
        "last_seen": Column(days_of(np.where(was_seen, told.last_seen, 0)), seen & was_seen),
        "usage_days_14": whole(told.days_14),
        "weekly_share": part(told.weekly_share),
        "licence_share": part(told.licence_share),
        "habit_weeks": whole(told.habit_weeks),
        "depth_share": part(told.depth_share),
        "teams_28": whole(told.teams_28),
        "stickiness": part(told.stickiness),
        "usage_trend": part(told.trend),
        "events_28": whole(told.events_28),
        "activated": whole(told.activated),
        "first_win": whole(told.first_win),
        "products_without_win": whole(told.products_without_win),
        "sites_28": whole(told.sites_28),
        "usage_change": whole(_percent(told.trend_share)),
        "days_to_value": whole(np.where(won, np.maximum(told.first_win - told.bought.started, 0), NEVER)),
    }


def _percent(shares: Any) -> Any:
    import numpy as np

    from firstwin.usage.metrics.asking import NEVER

    known = ~np.isnan(shares)
    return np.where(known, np.rint(np.where(known, shares, 0.0) * 100).astype(np.int64), NEVER)


def _nothing(n: int) -> dict[str, Column]:
    import numpy as np

    unknown = np.zeros(n, np.bool_)
    return {name: Column(np.zeros(n, _dtype(name)), unknown) for name in COLUMNS}


def _dtype(name: str) -> Any:
    import numpy as np

    return (
        np.float64
        if name in {"weekly_share", "licence_share", "depth_share", "stickiness", "usage_trend"}
        else np.int64
    )


def _spread(columns: dict[str, Column], places: Any, n: int) -> dict[str, Column]:
    found = _nothing(n)
    for name, column in columns.items():
        found[name].values[places] = column.values
        known = found[name].known.copy()
        known[places] = column.known
        found[name] = Column(found[name].values, known)
    return found


def register_all() -> None:
    """Called once, when the app is ready."""
    register_frame(ComputedFamily("usage", ROOM, COLUMNS, usage, learned))
    events.register_all()
