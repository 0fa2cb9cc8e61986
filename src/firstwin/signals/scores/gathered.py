"""Everything a score is made of beside its definition: from a frame, or from the inputs of one reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from firstwin.core.conditions.mask import FrameLike
from firstwin.core.conditions.vectors import DAY_ZERO
from firstwin.science.scoring import NOTHING
from firstwin.signals.kinds.scorecard import Scorecard
from firstwin.signals.scores.held import WORDS, Held, held
from firstwin.signals.scores.judged import InForce, Judged
from firstwin.signals.scores.remembered import Remembered

Ints = npt.NDArray[np.int64]


class AccountFrame(FrameLike, Protocol):
    """A frame that says whose columns it holds."""

    @property
    def accounts(self) -> Ints: ...


@dataclass(frozen=True)
class Gathered:
    """Of n accounts. held: by measure, in the order of the card.

    last_points, last_on: (m, n), what is remembered.  in_force: by account, what people set on this card.
    """

    on: date
    held: tuple[Held, ...]
    last_points: Ints
    last_on: Ints
    in_force: tuple[tuple[InForce, ...], ...]

    def __len__(self) -> int:
        return len(self.in_force)


def gathered(frame: AccountFrame, key: str, card: Scorecard, remembered: Remembered, judged: Judged) -> Gathered:
    """From a frame. key: of the scorecard, under which people set points."""
    accounts = frame.accounts
    points, on = remembered.aligned(accounts, [measure.key for measure in card.measures])
    return Gathered(
        frame.at.on,
        tuple(held(frame, measure) for measure in card.measures),
        points,
        on,
        tuple(_known_targets(card, judged.of(pk, key)) for pk in accounts.tolist()),
    )


def gathered_from(card: Scorecard, inputs: bytes) -> Gathered:
    """One account again, from the inputs of a reading made under this definition."""
    told: Mapping[str, Any] = msgspec.json.decode(inputs)
    measures: Sequence[Sequence[Any]] = told["measures"]
    last = [[NOTHING, 0] if one[3] is None else one[3] for one in measures]
    return Gathered(
        date.fromisoformat(told["on"]),
        tuple(_held_from(code, value, variant) for code, value, variant, _ in measures),
        np.array([[points] for points, _ in last], np.int64).reshape(len(measures), 1),
        np.array([[day] for _, day in last], np.int64).reshape(len(measures), 1),
        (tuple(InForce("", level, target, points, pk) for level, target, points, pk in told["set"]),),
    )


def set_of(in_force: Sequence[InForce]) -> list[list[Any]]:
    return [[one.level, one.target, one.points, one.pk] for one in in_force]


def day_of_number(day: int) -> date:
    return date.fromordinal(DAY_ZERO.toordinal() + day)


def _stored(code: str, value: Any, before: Any) -> Any:
    return [value, before] if code == "change" else value


def _held_from(code: str, value: Any, variant: int) -> Held:
    known, variants = np.array([value is not None]), np.array([variant], np.int64)
    if code == "change":
        now, then = value or (0.0, 0.0)
        return Held(code, np.array([float(now)]), known, variants, np.array([float(then)]))
    if code in WORDS:
        words = np.full(1, "", object)
        words[0] = value or ""
        return Held(code, words, known, variants)
    if code == "holds":
        return Held(code, np.array([bool(value)]), known, variants)
    return Held(code, np.array([value or 0]), known, variants)


def _known_targets(card: Scorecard, in_force: tuple[InForce, ...]) -> tuple[InForce, ...]:
    """What was set for a measure or group that is gone says nothing any more."""
    if not in_force:
        return in_force
    targets = {
        "measure": {measure.key for measure in card.measures},
        "group": {group.key for group in card.groups},
        "overall": {""},
    }
    return tuple(one for one in in_force if one.target in targets[one.level])
