"""Columns of numbers as one reading per account, with the reason for everything that is not known."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from firstwin.science.habits import frequency, is_habit
from firstwin.usage.lake.days import day_of
from firstwin.usage.metrics.asking import NEVER
from firstwin.usage.metrics.columns import BASES, NONE, Columns
from firstwin.usage.metrics.reading import FROM_AGGREGATES, NO_CONTRACT, NO_CORE, NO_SEATS, NO_USE, Usage

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

PEOPLE = ("active_1", "active_7", "active_28", "people_ever", "teams_28", "sites_28", "stickiness", "peak")
"""What needs people."""

NO_ASSIGNMENT = "No source says to whom seats were given."
FEW_WINDOWS = "Needs three whole spans of 28 days after the first use to compare with."
LITTLE_USE = "Fewer than 20 events in 28 days say too little."
NOT_YET = {
    "activated_on": "No event that means activation has come yet.",
    "first_win_on": "No event that means a first win has come yet.",
}


def present(columns: Columns) -> dict[int, Usage]:
    """Account id → Usage."""
    told = {name: getattr(columns, name).tolist() for name in _NAMES}
    seats, started = columns.bought.seats.tolist(), columns.bought.started.tolist()
    found = {}
    for place, account in enumerate(columns.accounts.tolist()):
        row = {name: values[place] for name, values in told.items()}
        found[account] = _usage(account, columns.on, row, _whole(seats[place]), _day(started[place]))
    return found


_NAMES = (
    "basis", "last_seen", "active_1", "active_7", "active_28", "people_ever", "days_14", "events_7", "events_28",
    "events_28_before", "habit_weeks", "core_used", "core_total", "teams_28", "sites_28", "activated", "first_win",
    "windows_known", "weekly_share", "licence_share", "depth_share", "stickiness", "trend", "trend_share",
)  # fmt: skip


def _usage(account: int, on: date, row: dict[str, Any], seats: int | None, started: date | None) -> Usage:
    days_14, weeks = _whole(row["days_14"]), _whole(row["habit_weeks"])
    won = _day(row["first_win"])
    trend, why = _part(row["trend"]), _why(row)
    return Usage(
        account=account,
        on=on,
        basis=BASES[row["basis"]],
        last_seen_at=None if row["last_seen"] == NEVER else _EPOCH + timedelta(microseconds=row["last_seen"]),
        active_1=_whole(row["active_1"]),
        active_7=_whole(row["active_7"]),
        active_28=_whole(row["active_28"]),
        people_ever=_whole(row["people_ever"]),
        days_14=days_14,
        frequency=frequency(days_14) if days_14 is not None else "",
        events_7=row["events_7"],
        events_28=row["events_28"],
        events_28_before=row["events_28_before"],
        seats=seats,
        assigned=None,
        peak=None,
        weekly_share=_part(row["weekly_share"]),
        licence_share=_part(row["licence_share"]),
        habit_weeks=weeks,
        is_habit=is_habit(weeks) if weeks is not None else None,
        core_used=row["core_used"],
        core_total=row["core_total"],
        depth_share=_part(row["depth_share"]),
        teams_28=_whole(row["teams_28"]),
        sites_28=_whole(row["sites_28"]),
        stickiness=_part(row["stickiness"]),
        trend=trend,
        trend_share=_part(row["trend_share"]),
        trend_why=why,
        activated_on=_day(row["activated"]),
        first_win_on=won,
        started_on=started,
        days_to_value=max((won - started).days, 0) if won and started else None,
        days_so_far=(on - started).days if started and not won else None,
        reasons=_reasons(row, seats, started),
    )


def _why(row: dict[str, Any]) -> str:
    if row["basis"] == NONE:
        return NO_USE
    if row["windows_known"] < 3:
        return FEW_WINDOWS
    if row["trend"] != row["trend"]:
        return LITTLE_USE
    return f"Events of 28 days against its own median of the {row['windows_known']} such spans before."


def _reasons(row: dict[str, Any], seats: int | None, started: date | None) -> dict[str, str]:
    """Metric → why it is None."""
    found: dict[str, str] = {"assigned": NO_ASSIGNMENT}
    basis = BASES[row["basis"]]
    if basis in ("none", "aggregates"):
        why = NO_USE if basis == "none" else FROM_AGGREGATES
        found |= dict.fromkeys((*PEOPLE, "weekly_share", "licence_share"), why)
    elif row["stickiness"] != row["stickiness"]:
        found["stickiness"] = "Nobody was active in 28 days."
    if basis == "none":
        found |= dict.fromkeys(
            ("last_seen_at", "days_14", "frequency", "habit_weeks", "is_habit", "depth_share"), NO_USE
        )
    if not seats:
        found |= dict.fromkeys(("weekly_share", "licence_share"), NO_SEATS)
    if seats is None:
        found["seats"] = NO_SEATS
    if not row["core_total"]:
        found["depth_share"] = NO_CORE
    if row["trend"] != row["trend"]:
        found["trend"] = found["trend_share"] = _why(row)
    elif row["trend_share"] != row["trend_share"]:
        found["trend_share"] = "There was hardly any use before."
    for name, column in (("activated_on", "activated"), ("first_win_on", "first_win")):
        if row[column] == NEVER:
            found[name] = NOT_YET[name]
    return found | _reasons_of_value(row["first_win"] != NEVER, started)


def _reasons_of_value(has_won: bool, started: date | None) -> dict[str, str]:
    if started is None:
        return dict.fromkeys(("started_on", "days_to_value", "days_so_far"), NO_CONTRACT)
    if has_won:
        return {"days_so_far": "The first win has come."}
    return {"days_to_value": NOT_YET["first_win_on"]}


def _whole(value: int) -> int | None:
    return None if value == NEVER else value


def _part(value: float) -> float | None:
    return None if value != value else value


def _day(value: int) -> date | None:
    return None if value == NEVER else day_of(value)
