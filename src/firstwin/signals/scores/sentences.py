"""What a reading says in words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from firstwin.core.fields import Field
from firstwin.core.money import Money
from firstwin.core.text import counted
from firstwin.signals.scores.explain import Change, Explained, MeasureLine, Part
from firstwin.ui import filters

MOST_PARTS = 3
LEAST = 50
"""Hundredths of a point below which a part is not worth saying beside a larger one."""

Fields = Mapping[str, Field]


def change_words(change: Change, fields: Fields | None = None, *, since: date | None = None) -> str:
    """`fell 18 since 3 Nov: weekly active use 62% → 31%, last two-way contact 23 days`.

    fields: the vocabulary's, for units and the labels of choices.  since: the day that was asked about, where the
    reading that held on it is an earlier one.
    """
    before, after = change.before, change.after
    then = _day(since or before.on, after.on)
    if after.score is None:
        return unknown_words(after)
    if before.score is None:
        return f"{_score(after.score)}; it was unknown on {then}"
    if not change.points:
        return f"unchanged since {then}"
    verb = "fell" if change.points < 0 else "rose"
    told = f"{verb} {_tenths(abs(change.points))} since {then}"
    named = ", ".join(_part(part, fields or {}) for part in telling_parts(change))
    return f"{told}: {named}" if named else told


def telling_parts(change: Change) -> list[Part]:
    """Those that go the way of the score, at most three: of a fall the most harmful first, of a rise the best."""
    sign = -1 if change.amount < 0 else 1
    along = sorted((part for part in change.parts if part.amount * sign > 0), key=lambda part: -sign * part.amount)
    return [part for place, part in enumerate(along[:MOST_PARTS]) if not place or abs(part.amount) >= LEAST]


def standing_words(found: Explained, fields: Fields | None = None) -> str:
    """`43, red: weekly active use 31% costs 12 points`."""
    if found.score is None:
        return unknown_words(found)
    told = f"{_score(found.score)}, {found.band}"
    worst = found.worst
    if worst is None or worst.costs < LEAST:
        return told
    points = _points(worst.costs)
    unit = "point" if points == "1" else "points"
    return f"{told}: {_named(worst.label)} {said(worst, fields or {})} costs {points} {unit}".replace("  ", " ")


def unknown_words(found: Explained) -> str:
    """`unknown: 35% of its weight has data, 50% are needed`."""
    if found.coverage >= found.least:
        return "unknown: nothing of it could be scored"
    return f"unknown: {_whole_share(found.coverage)} of its weight has data, {_whole_share(found.least)} are needed"


def said(line: MeasureLine, fields: Fields) -> str:
    """The value of a measure as it is shown: in the unit of its field."""
    return value_words(line.code, line.value, fields.get(line.field))


def value_words(code: str, value: Any, field: Field | None = None) -> str:
    """`62%`, `23 days`, `€1,200`, `good`; a dash where it is unknown."""
    if value is None:
        return filters.NOTHING
    match code:
        case "share":
            return filters.share(value)
        case "change":
            return f"{'+' if value > 0 else ''}{filters.share(value)}"
        case "days":
            return counted(int(value), "day")
        case "holds":
            return "yes" if value else "no"
        case "choice" | "flag":
            return field.option_label(value) if field is not None and field.choices else str(value)
    if code.startswith("money:"):
        return filters.money(Money.from_major(Decimal(str(value)), code[6:], rounded=True))
    places = 0 if value == int(value) else min(field.decimals if field is not None else 2, 2) or 1
    unit = f" {field.unit}" if field is not None and field.unit else ""
    return f"{filters.number(value, places)}{unit}"


def _part(part: Part, fields: Fields) -> str:
    if part.what == "weights":
        return "other measures count now"
    if part.what != "measure":
        return _named(part.label)
    return f"{_named(part.label)} {_moved(part.before, part.after, fields)}".rstrip()


def _moved(was: MeasureLine | None, is_: MeasureLine | None, fields: Fields) -> str:
    if is_ is None:
        return "is no longer scored"
    if is_.state == "overridden":
        return f"set to {_points(is_.points or 0)}"
    if is_.state in ("lost", "carried"):
        stale = stale_words(is_, fields)
        return f"has {stale}" if stale else "is no longer known"
    if is_.state in ("never", "unscored"):
        return "does not count now" if is_.points is None else "is not known"
    now = said(is_, fields)
    if is_.code in ("days", "holds") or was is None or was.value is None:
        return now
    then = said(was, fields)
    return now if then == now else f"{then} → {now}"


def stale_words(line: MeasureLine, fields: Fields) -> str:
    """`no fresh usage data since 6 Nov`; empty where the card does not ask how old its data is."""
    field = fields.get(line.fresh)
    if field is None or line.last is None:
        return ""
    on = date.fromordinal(date(1970, 1, 1).toordinal() + line.last[1])
    return f"no fresh {_named(field.group or field.label)} data since {filters.day(on)}"


def _named(label: str) -> str:
    """As it stands within a sentence: names in capitals (CSAT) keep them."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _score(hundredths: int) -> str:
    return filters.score(hundredths / 100)


def _points(hundredths: int) -> str:
    """Whole points, unless there is less than one."""
    return _tenths(hundredths / 100)


def _tenths(points: float) -> str:
    return filters.number(points, 1 if 0 < points < 1 else 0)


def _whole_share(of_full: int) -> str:
    """Rounded down, so that 49.6% does not look like enough."""
    return f"{of_full // 100}%"


def _day(day: date, seen_from: date) -> str:
    short = f"{day.day} {day:%b}"
    return short if day.year == seen_from.year else f"{short} {day.year}"
