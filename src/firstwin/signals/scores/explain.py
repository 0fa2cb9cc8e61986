"""Why a score is what it is, and why it moved: contributions in hundredths of a point that add up exactly."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from firstwin.signals.kinds.scorecard import Scorecard
from firstwin.signals.scores.outcome import MeasureTold, Outcome, read

MILLION = 1_000_000


class MeasureLine(NamedTuple):
    """One measure. value: as one speaks of it; None where it is unknown.  code: what it is (`held.Held`).

    points: hundredths; None where it does not count.  weight: millionths, as it counted.  last: points and day of its
    last value, where today's is not one.  fresh: the field that says when its data last came, where the card asks.
    """

    key: str
    label: str
    state: str
    code: str
    value: Any
    points: int | None
    weight: int
    contribution: int
    last: tuple[int, int] | None = None
    field: str = ""
    fresh: str = ""

    @property
    def costs(self) -> int:
        """Hundredths of a point that it is short of giving."""
        return 0 if self.points is None else (self.weight * (10_000 - self.points) + MILLION // 2) // MILLION


class GroupLine(NamedTuple):
    """contribution: of its measures and of what a person set for it (`shift`) together."""

    key: str
    label: str
    points: int | None
    weight: int
    contribution: int
    shift: int
    measures: tuple[MeasureLine, ...]


@dataclass(frozen=True)
class Explained:
    """A reading as a tree: the groups' contributions and `shift` (what setting the score made) add up to the score.

    score: hundredths; None when unknown.  computed: before anybody set it, also where too little is known; None
    where nothing is.  coverage, least: of 10,000.  in_force: (level, target, points, id) of overrides.
    told, labels: the reading as it stands, and what its parts are called.
    """

    on: date
    score: int | None
    computed: int | None
    band: str
    coverage: int
    least: int
    shift: int
    in_force: tuple[tuple[str, str, int, int], ...]
    told: Outcome
    labels: "_Labels"

    @cached_property
    def groups(self) -> tuple[GroupLine, ...]:
        """Worked out when asked for: most sentences name the worst measure alone."""
        lines, found, begin = [_measure(one, self.labels) for one in self.told.measures], [], 0
        for one in self.told.groups:
            label, own = self.labels.groups.get(one.key, one.key), tuple(lines[begin : begin + one.size])
            found.append(GroupLine(one.key, label, one.points, one.weight, one.contribution, one.shift, own))
            begin += one.size
        return tuple(found)

    @cached_property
    def worst(self) -> MeasureLine | None:
        """The measure that costs most."""
        key = self.told.worst
        return next((_measure(one, self.labels) for one in self.told.measures if one.key == key), None)

    @property
    def measures(self) -> Iterator[MeasureLine]:
        return (measure for group in self.groups for measure in group.measures)

    @property
    def counted(self) -> int:
        """What the contributions add up to: the score where there is one."""
        return (self.computed or 0) + self.shift


@dataclass(frozen=True)
class Part:
    """One contribution to a change. amount: hundredths.  what: measure, group, overall or weights.

    before, after: the measure then and now, None where it was not part of the scorecard.
    """

    what: str
    key: str
    label: str
    amount: int
    before: MeasureLine | None = None
    after: MeasureLine | None = None


@dataclass(frozen=True)
class Change:
    """Between two readings. parts: add up to `amount` exactly; the most harmful first.

    worst: the part that took most away, None where none did.
    """

    before: Explained
    after: Explained
    amount: int
    parts: tuple[Part, ...]
    worst: Part | None = field(default=None)

    @property
    def points(self) -> float:
        """The change as figures tell it."""
        return points_between(self.before, self.after)


def explained(result: bytes, card: Scorecard | None = None) -> Explained:
    """The tree of one reading. card: the definition it was made under, for labels; else keys stand for them."""
    return of_outcome(read(result), card)


def of_outcome(told: Outcome, card: Scorecard | None = None) -> Explained:
    """The same, of a result that was read already."""
    return Explained(
        on=told.on,
        score=told.score,
        computed=told.computed,
        band=told.band,
        coverage=told.coverage,
        least=told.least,
        shift=told.shift,
        in_force=tuple(told.set),
        told=told,
        labels=_Labels.of(card),
    )


def points_between(before: Explained, after: Explained) -> float:
    """The change as figures tell it: between scores to a tenth of a point, as the list holds them."""
    return round(round(after.counted / 100, 1) - round(before.counted / 100, 1), 1)


def change(before: Explained, after: Explained) -> Change:
    """What made the difference between two readings of one scorecard, of one version or two.

    A measure moves the score by its points times its weight as it counts now. What is left (measures that began or
    ceased to count, other weights) is a line of its own, so that everything adds up to the change exactly.
    """
    parts = [*_measures(before, after), *_groups(before, after), *_overall(before, after)]
    amount = after.counted - before.counted
    left = amount - sum(part.amount for part in parts)
    if left:
        parts.append(Part("weights", "", "What counts, and how much", left))
    moved = sorted((part for part in parts if part.amount), key=lambda part: part.amount)
    worst = moved[0] if moved and moved[0].amount < 0 else None
    return Change(before, after, amount, tuple(moved), worst)


def _measures(before: Explained, after: Explained) -> Iterable[Part]:
    """Lines are made of those that moved: most did not."""
    then = {one.key: one for one in before.told.measures}
    now = {one.key: one for one in after.told.measures}
    set_groups = {
        target for one in (before, after) for level, target, _, _ in one.in_force if level == "group"
    }  # fmt: skip
    held = {line.key for one in (before, after) if set_groups for group in one.groups if group.key in set_groups
            for line in group.measures}  # fmt: skip
    for key in dict.fromkeys([*now, *then]):
        was, is_ = then.get(key), now.get(key)
        amount = 0 if key in held else _moved(was, is_, before, after)
        if amount:
            lines = _line(was, before), _line(is_, after)
            yield Part("measure", key, (lines[1] or lines[0]).label, amount, *lines)  # type: ignore[union-attr]  # one of them is there


def _line(one: MeasureTold | None, found: Explained) -> MeasureLine | None:
    return None if one is None else _measure(one, found.labels)


def _moved(was: MeasureTold | None, is_: MeasureTold | None, before: Explained, after: Explained) -> int:
    """Points times weight; what begins or ceases to count is measured against the score that stood without it."""
    if is_ is not None and is_.points is not None:
        base = was.points if was is not None and was.points is not None else before.computed
        return _times(is_.points - base, is_.weight) if base is not None else is_.contribution
    if was is not None and was.points is not None:
        return _times((after.computed or 0) - was.points, was.weight)
    return 0


def _groups(before: Explained, after: Explained) -> Iterable[Part]:
    """Groups whose points a person set, then or now: they move as a whole."""
    then = {group.key: group for group in before.told.groups}
    for group in after.told.groups:
        was = then.get(group.key)
        if was is not None and (group.shift or was.shift):
            label = after.labels.groups.get(group.key, group.key)
            yield Part("group", group.key, label, group.contribution - was.contribution)


def _overall(before: Explained, after: Explained) -> Iterable[Part]:
    if before.shift != after.shift:
        yield Part("overall", "", "Set by hand", after.shift - before.shift)


def _times(points: int, weight: int) -> int:
    """Hundredths, rounded half up."""
    return (points * weight + MILLION // 2) // MILLION


def _measure(one: MeasureTold, labels: "_Labels") -> MeasureLine:
    label, of, fresh = labels.measures.get(one.key, (one.key, "", ""))
    return MeasureLine(
        one.key, label, one.state, one.code, one.value, one.points, one.weight, one.contribution, one.last, of, fresh
    )


@dataclass(frozen=True)
class _Labels:
    groups: Mapping[str, str]
    measures: Mapping[str, tuple[str, str, str]]

    @classmethod
    def of(cls, card: Scorecard | None) -> "_Labels":
        """Thousands of readings under one card ask one after the other."""
        if card is None:
            return cls({}, {})
        last = _last_labels.get(card.key)
        if last is None or last[0] is not card:
            last = _last_labels[card.key] = (card, cls._of(card))
        return last[1]

    @classmethod
    def _of(cls, card: Scorecard) -> "_Labels":
        return cls(
            {group.key: group.label for group in card.groups},
            {one.key: (one.label, one.field, one.fresh.by if one.fresh else "") for one in card.measures},
        )


_last_labels: dict[str, tuple[Scorecard, _Labels]] = {}
