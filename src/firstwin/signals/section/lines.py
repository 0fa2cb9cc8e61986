"""The measures of a reading as lines: what each is, in words, and how it may be read at a glance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from firstwin.core.fields import Field, vocabulary
from firstwin.signals.evidence import day_of
from firstwin.signals.kinds.scorecard import Measure, Scorecard
from firstwin.signals.models import Level
from firstwin.signals.scores.explain import GroupLine, MeasureLine
from firstwin.signals.scores.judged import InForce
from firstwin.signals.scores.sentences import said, stale_words
from firstwin.signals.section.gather import Told
from firstwin.ui.filters import day, score

STATES: Mapping[str, str] = {
    "carried": "Carried",
    "lost": "Lost",
    "never": "Never known",
    "unscored": "Not scored",
    "overridden": "Set by hand",
}


@dataclass(frozen=True)
class Line:
    """A measure. state: empty for one that is simply scored.  means: the state in a sentence.

    points: 0 to 100, None where it does not count.  gives: points of the score.  costs: what it is short of.
    """

    key: str
    label: str
    value: str
    state: str
    means: str
    points: float | None
    weight: float
    gives: float
    costs: float
    tone: str
    is_worst: bool
    override: int | None


@dataclass(frozen=True)
class GroupShown:
    key: str
    label: str
    points: float | None
    weight: float
    gives: float
    shift: float
    tone: str
    lines: Sequence[Line]
    override: int | None


def groups_of(told: Told, in_force: Sequence[InForce]) -> list[GroupShown]:
    """in_force: overrides on the day, to tell which may be taken back."""
    held = {(one.level, one.target): one.pk for one in in_force}
    return [_group(told, group, held) for group in told.tree.groups]


def named(told: Told, level: str, target: str) -> str:
    """What a person set, as the scorecard calls it."""
    if level == Level.GROUP:
        return next((one.label for one in told.tree.groups if one.key == target), target)
    if level == Level.MEASURE:
        return next((one.label for one in told.tree.measures if one.key == target), target)
    return "Score"


def line_of(told: Told, key: str, in_force: Sequence[InForce]) -> Line | None:
    """None where the reading has no such measure."""
    held = {(one.level, one.target): one.pk for one in in_force}
    return next((_line(told, line, held) for line in told.tree.measures if line.key == key), None)


def measure_of(card: Scorecard | None, key: str) -> Measure | None:
    return next((one for one in card.measures if one.key == key), None) if card is not None else None


def _group(told: Told, group: GroupLine, held: Mapping[tuple[str, str], int]) -> GroupShown:
    return GroupShown(
        key=group.key,
        label=group.label,
        points=_points(group.points),
        weight=group.weight / 1_000_000,
        gives=group.contribution / 100,
        shift=group.shift / 100,
        tone=points_tone(group.points, told.card),
        lines=[_line(told, line, held) for line in group.measures],
        override=held.get(("group", group.key)),
    )


def _line(told: Told, line: MeasureLine, held: Mapping[tuple[str, str], int]) -> Line:
    worst = told.tree.worst
    measure, fields = measure_of(told.card, line.key), vocabulary().fields
    return Line(
        key=line.key,
        label=line.label,
        value=said(line, fields),
        state=STATES.get(line.state, ""),
        means=_means(line, measure, fields),
        points=_points(line.points),
        weight=line.weight / 1_000_000,
        gives=line.contribution / 100,
        costs=line.costs / 100,
        tone=points_tone(line.points, told.card) if line.points is not None else "none",
        is_worst=worst is not None and worst.key == line.key and line.costs > 0,
        override=held.get(("measure", line.key)),
    )


def points_tone(points: int | None, card: Scorecard | None) -> str:
    """By the bounds of the scorecard's own bands."""
    if points is None:
        return "none"
    amber, green = (card.amber_from, card.green_from) if card is not None else (50.0, 75.0)
    return "risk" if points < amber * 100 else "watch" if points < green * 100 else "good"


def _means(line: MeasureLine, measure: Measure | None, fields: Mapping[str, Field]) -> str:
    """What its state does to the score."""
    last = (
        f"Its last value, on {day(day_of(line.last[1]))}, gave {score(line.last[0] / 100)} points" if line.last else ""
    )
    stale = stale_words(line, fields)
    stale = f"{stale[:1].upper()}{stale[1:]}." if stale else ""
    match line.state:
        case "carried":
            until, why = _until(line, measure), stale or "No value now."
            return f"{why} {last}, which count until {until}." if until else f"{why} {last}."
        case "lost":
            why = stale or "It had a value and has none any more."
            return f"{why} {last}; it counts as no more than that, and coverage drops."
        case "never":
            return _never(measure)
        case "unscored":
            return "The scorecard does not count it for accounts like this one."
        case "overridden":
            return "A person set its points; what was computed does not count until that ends."
    return ""


def _until(line: MeasureLine, measure: Measure | None) -> str:
    if line.last is None or measure is None or not measure.carry_days:
        return ""
    return day(day_of(line.last[1]) + timedelta(days=measure.carry_days))


def _never(measure: Measure | None) -> str:
    how = measure.missing if measure is not None else "spread"
    return {
        "spread": "It never had a value here. The other measures of its group share its weight.",
        "worst": "It never had a value here. The scorecard counts that as 0 points.",
        "neutral": "It never had a value here. The scorecard counts that as 50 points.",
    }[how]


def _points(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100
