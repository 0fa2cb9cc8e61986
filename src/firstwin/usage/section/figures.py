"""The figures of the section, in words: each with its note, its tone, and the reason where it cannot be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from firstwin.core.clock import day_of
from firstwin.core.text import listing
from firstwin.ui.filters import NOTHING, ago, day, number, plural, share
from firstwin.usage.metrics.reading import Usage, Week
from firstwin.usage.section.depth import Depth

HABIT = 8
WEEKS = 12
FREQUENCIES = {"daily": "Daily", "weekly": "Weekly", "occasional": "Occasional", "inactive": "Inactive"}
FALLS, SINKS = -3.0, -2.0
"""Robust z from which a trend asks for attention, and from which it is worth a look."""


@dataclass(frozen=True)
class Figure:
    """key: names what is behind it. marks: of the last 12 weeks, those with use."""

    key: str
    label: str
    value: str
    note: str = ""
    tone: str = ""
    marks: tuple[bool, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.value != NOTHING


def figures_of(usage: Usage, weeks: Sequence[Week], depth: Depth) -> list[Figure]:
    """weeks: the last of them ends with the day."""
    return [
        _weekly(usage), _licence(usage), _frequency(usage), _habit(usage, weeks), _depth(usage, depth), _trend(usage),
        _teams(usage), _stickiness(usage), _last_seen(usage), _activation(usage), _first_win(usage),
    ]  # fmt: skip


def _without(key: str, label: str, usage: Usage, *metrics: str) -> Figure:
    """A figure nobody can tell, with the reason."""
    why = next((usage.reasons[one] for one in metrics if one in usage.reasons), "")
    return Figure(key, label, NOTHING, _plain(why) or "not known")


def _plain(sentence: str) -> str:
    """A sentence as a note: small at its beginning, without its stop."""
    text = sentence.rstrip(".")
    return text[:1].lower() + text[1:]


def _weekly(usage: Usage) -> Figure:
    return _people("weekly", "Active in 7 days", usage, usage.active_7, usage.weekly_share, "active_7")


def _licence(usage: Usage) -> Figure:
    return _people("licence", "Active in 28 days", usage, usage.active_28, usage.licence_share, "active_28")


def _people(key: str, label: str, usage: Usage, active: int | None, part: float | None, metric: str) -> Figure:
    if active is None:
        return _without(key, label, usage, metric)
    if part is None or not usage.seats:
        return Figure(key, label, number(active), f"{'person' if active == 1 else 'people'}; no seats in force")
    return Figure(key, label, share(part), f"{number(active)} of {plural(usage.seats, 'seat')}")


def _frequency(usage: Usage) -> Figure:
    if usage.days_14 is None or usage.frequency not in FREQUENCIES:
        return _without("frequency", "Frequency", usage, "days_14", "frequency")
    tone = "watch" if usage.frequency == "inactive" else ""
    return Figure("frequency", "Frequency", FREQUENCIES[usage.frequency], f"{usage.days_14} of 14 days", tone)


def _habit(usage: Usage, weeks: Sequence[Week]) -> Figure:
    if usage.habit_weeks is None:
        return _without("habit", "Habit", usage, "habit_weeks")
    marks = tuple(week.events > 0 for week in weeks[-WEEKS:])
    is_habit = usage.is_habit if usage.is_habit is not None else usage.habit_weeks >= HABIT
    note = "a habit" if is_habit else f"a habit from {HABIT}"
    return Figure("habit", "Weeks in use", f"{usage.habit_weeks} of {WEEKS}", note, "", marks)


def _depth(usage: Usage, depth: Depth) -> Figure:
    if not usage.core_total:
        return _without("depth", "Depth", usage, "depth_share")
    value = f"{usage.core_used} of {usage.core_total}"
    missing = [one.label for one in depth.missing]
    if not missing:
        return Figure("depth", "Core workflows", value, "all in use")
    told = listing(missing) if len(missing) <= 2 else f"{missing[0]} and {len(missing) - 1} more"
    return Figure("depth", "Core workflows", value, f"not {told}")


def _trend(usage: Usage) -> Figure:
    if usage.trend is None and usage.trend_share is None:
        why = _plain(usage.trend_why) or _plain(usage.reasons.get("trend", ""))
        return Figure("trend", "Trend", NOTHING, why or "not known")
    change = usage.trend_share
    if change is None:
        return Figure("trend", "Trend", number(usage.trend, 1), _plain(usage.trend_why))
    value = f"{'+' if change > 0 else ''}{share(change)}"
    return Figure("trend", "Trend", value, _plain(usage.trend_why), _trend_tone(usage.trend))


def _trend_tone(trend: float | None) -> str:
    if trend is None:
        return ""
    return "risk" if trend <= FALLS else "watch" if trend <= SINKS else "good" if trend >= -SINKS else ""


def _teams(usage: Usage) -> Figure:
    if usage.teams_28 is None and usage.sites_28 is None:
        return _without("teams", "Teams and sites", usage, "teams_28", "sites_28")
    teams, sites = usage.teams_28 or 0, usage.sites_28 or 0
    if not teams and not sites:
        return Figure("teams", "Teams and sites", NOTHING, "no traits say so")
    if not teams:
        return Figure("teams", "Teams and sites", plural(sites, "site"), "no teams told")
    return Figure(
        "teams", "Teams and sites", plural(teams, "team"), plural(sites, "site") if sites else "no sites told"
    )


def _stickiness(usage: Usage) -> Figure:
    if usage.stickiness is None:
        return _without("stickiness", "Stickiness", usage, "stickiness")
    days = number(usage.stickiness * 28, 1)
    return Figure("stickiness", "Stickiness", share(usage.stickiness), f"{days} of 28 days for each person")


def _last_seen(usage: Usage) -> Figure:
    if usage.last_seen_at is None:
        return _without("last_seen", "Last seen", usage, "last_seen_at")
    seen = day_of(usage.last_seen_at)
    days = (usage.on - seen).days
    words = {0: "Today", 1: "Yesterday"}.get(days, f"{plural(days, 'day')} ago")
    if days == 0 and ago(usage.last_seen_at).endswith(("ago", "now")):
        note = ago(usage.last_seen_at)
    else:
        note = day(seen, "always")
    return Figure("last_seen", "Last seen", words, note, "watch" if days > 14 else "")


def _activation(usage: Usage) -> Figure:
    if usage.activated_on is None:
        return Figure("activation", "Activation", "Not yet", _plain(usage.reasons.get("activated_on", "")))
    return Figure("activation", "Activation", day(usage.activated_on), _on_day(usage.started_on, usage.activated_on))


def _first_win(usage: Usage) -> Figure:
    if usage.first_win_on is None:
        so_far = usage.days_so_far
        note = (
            f"{plural(so_far, 'day')} so far" if so_far is not None else _plain(usage.reasons.get("first_win_on", ""))
        )
        return Figure("first_win", "First win", "Not yet", note)
    value = usage.days_to_value
    note = f"{plural(value, 'day')} to value" if value is not None else _plain(usage.reasons.get("days_to_value", ""))
    waiting = [one.name for one in usage.products if one.can_win and one.first_win_on is None]
    if waiting:
        note = f"not yet with {listing(waiting)}"
    return Figure("first_win", "First win", day(usage.first_win_on), note)


def _on_day(start: date | None, on: date) -> str:
    if start is None:
        return "no contract start known"
    return f"{plural((on - start).days, 'day')} in" if on >= start else "before the contract"


def window(on: date, days: int) -> tuple[date, date]:
    """First and last day of the window of so many days that ends with `on`."""
    return on - timedelta(days=days - 1), on
