"""The value of one measure for every account, as it is kept beside a reading and as one speaks of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.core.conditions import Condition, Related, Test, walk
from firstwin.core.conditions.mask import FrameLike, counts, mask
from firstwin.core.conditions.vectors import Mask, present
from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Kind
from firstwin.core.frames import At, Column
from firstwin.core.money import exponent
from firstwin.signals.kinds.scorecard import Holds, Measure
from firstwin.signals.scores.remembered import day_number

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WORDS = ("choice", "flag")
"""Codes of values that are words; all others are numbers, but `holds`, which is yes or no."""


@dataclass(frozen=True)
class Held:
    """code: what a value is: number, share, days, `money:EUR`, choice, flag, holds, count, change.

    values: as stored (money in minor units, days as the date).  before: for a change, the value then.
    variant: place of the variant that applies, -1 for none.
    """

    code: str
    values: Array
    known: Mask
    variant: Ints
    before: Array | None = None

    def spoken(self, on: date) -> Array:
        """As one speaks of it: money in major units, days as their number, words as words. Anything where unknown."""
        if self.code in WORDS or self.code == "holds":
            return self.values
        numbers = self.values.astype(np.float64)
        if self.code == "days":
            return np.asarray(day_number(on) - numbers)
        if self.code.startswith("money:"):
            return np.asarray(numbers / 10.0 ** exponent(self.code[6:]))
        if self.before is not None:
            # Rounded: a fifth less is a fifth less, whatever the two numbers were.
            return np.asarray(np.round(numbers / np.where(self.known, self.before, 1.0) - 1.0, 9))
        return numbers


def held(frame: FrameLike, measure: Measure) -> Held:
    """What the frame says of a measure: nothing where the data behind it is older than the measure allows."""
    found = _held(frame, measure)
    field = frame.vocabulary.fields.get(measure.fresh.by) if measure.fresh is not None else None
    if measure.fresh is None or field is None:
        return found
    came = frame.column(field.key)
    is_stale = present(field, came) & (day_number(frame.at.on) - came.values > measure.fresh.days)
    known = found.known & ~is_stale
    nothing = "" if found.code in WORDS else np.zeros(1, found.values.dtype)[0]
    values = np.where(known, found.values, nothing)
    before = None if found.before is None else np.where(known, found.before, 0.0)
    return Held(found.code, values, known, found.variant, before)


def _held(frame: FrameLike, measure: Measure) -> Held:
    """A field that is gone from the vocabulary has no values."""
    variant = _variants(frame, [one.where for one in measure.variants])
    if isinstance(measure.shape, Holds):
        return _of_condition(frame, measure, variant)
    if measure.count is not None:
        count = counts(measure.count, frame)
        return Held("count", count, np.ones(len(frame), np.bool_), variant)
    field = frame.vocabulary.fields.get(measure.field)
    if field is None:
        return Held("number", np.zeros(len(frame)), np.zeros(len(frame), np.bool_), variant)
    column = frame.column(field.key)
    if measure.change_days:
        then = date.fromordinal(frame.at.on.toordinal() - measure.change_days)
        earlier = frame.earlier(At.close_of(then, known_by=frame.at.known_by)).column(field.key)
        return _change(column, earlier, variant)
    known = present(field, column)
    if field.kind in (Kind.CHOICE, Kind.FLAG):
        return _words(field, column, known, variant)
    numbers = column.values
    if numbers.dtype.kind == "f":
        known = known & np.isfinite(numbers)
    return Held(_code(field), np.where(known, numbers, 0), known, variant)


def _of_condition(frame: FrameLike, measure: Measure, variant: Ints) -> Held:
    """Yes or no by the condition that applies: the measure's own, or that of the variant."""
    values, known = np.zeros(len(frame), np.bool_), np.zeros(len(frame), np.bool_)
    for place, shape in enumerate([measure.shape, *(one.shape for one in measure.variants)], start=-1):
        if isinstance(shape, Holds):
            mine = variant == place
            values = np.where(mine, mask(shape.where, frame), values)
            known = np.where(mine, something_known(frame, shape.where), known)
    return Held("holds", values & known, known, variant)


def something_known(frame: FrameLike, where: Condition) -> Mask:
    """Whether any field that a condition looks at has a value. Rows are known: there are none, or some."""
    found = np.zeros(len(frame), np.bool_)
    for _, node in walk(where):
        if isinstance(node, Related):
            return ~found
        if isinstance(node, Test):
            field = frame.vocabulary.field(node.field)
            found |= (
                frame.column(field.key).known if field.kind is Kind.TAGS else present(field, frame.column(field.key))
            )
    return found


def _variants(frame: FrameLike, conditions: Sequence[Condition]) -> Ints:
    """The first whose condition holds; -1 where none does."""
    found = np.full(len(frame), -1, np.int64)
    for place in reversed(range(len(conditions))):
        found[mask(conditions[place], frame)] = place
    return found


def _change(column: Column, earlier: Column, variant: Ints) -> Held:
    now, then = column.values.astype(np.float64), earlier.values.astype(np.float64)
    known = column.known & earlier.known & np.isfinite(now) & np.isfinite(then) & (then > 0)
    return Held("change", np.where(known, now, 0.0), known, variant, np.where(known, then, 0.0))


def _words(field: Field, column: Column, known: Mask, variant: Ints) -> Held:
    found = np.full(len(known), "", object)
    if field.kind is Kind.FLAG:
        found[known] = np.where(column.values[known].astype(np.bool_), "yes", "no")
        return Held("flag", found, known, variant)
    found[known] = [str(value) for value in column.values[known].tolist()]
    return Held("choice", found, known, variant)


def _code(field: Field) -> str:
    match field.kind:
        case Kind.NUMBER | Kind.SHARE | Kind.DAYS:
            return field.kind.value
        case Kind.MONEY:
            return f"money:{field.unit}"
    raise Refused(f"{field.label} cannot be scored: it is no number and no choice.")
