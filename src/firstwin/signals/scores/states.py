"""What each measure is for each account: scored by a value, carried on, lost, never known, not scored, or set."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstwin.science.scoring import FULL, NOTHING
from firstwin.signals.kinds.scorecard import Measure, Scorecard
from firstwin.signals.scores.gathered import Gathered
from firstwin.signals.scores.held import Held
from firstwin.signals.scores.points import UNLISTED, UNSCORED, points
from firstwin.signals.scores.remembered import day_number

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

STATES = ("scored", "carried", "lost", "never", "unscored", "overridden")
SCORED, CARRIED, LOST, NEVER, UNSCORED_STATE, OVERRIDDEN = range(len(STATES))

_INSTEAD = {"spread": FULL, "worst": 0, "neutral": FULL // 2}
"""What a lost measure contributes at most, beside its last points; and what one that never was counts as."""


@dataclass(frozen=True)
class States:
    """All (m, n). memory: points and day of the last value, today's included."""

    state: Ints
    points: Ints
    applies: Mask
    counts: Mask
    has_data: Mask
    memory: tuple[Ints, Ints]


def states(card: Scorecard, found: Gathered) -> States:
    rows = [_of_measure(measure, found, row) for row, measure in enumerate(card.measures)]
    _set(card, found, rows)
    stacked = [np.stack([row[part] for row in rows]) for part in range(7)]
    state, worth, applies, counts, has_data, last, last_on = stacked
    return States(state, worth, applies.astype(bool), counts.astype(bool), has_data.astype(bool), (last, last_on))


def _of_measure(measure: Measure, found: Gathered, row: int) -> "list[npt.NDArray[np.int64]]":
    held = found.held[row]
    own, is_known = _points(measure, held, found)
    last, last_on, today = found.last_points[row], found.last_on[row], day_number(found.on)
    unscored = own == UNSCORED
    has = is_known & ~unscored
    missing = ~is_known & ~unscored
    kept = missing & (last != NOTHING)
    carried = kept & (today - last_on <= measure.carry_days) & (measure.carry_days > 0)
    lost, never = kept & ~carried, missing & ~kept
    instead = _INSTEAD[measure.missing]
    state = np.select([has, carried, lost, never], [SCORED, CARRIED, LOST, NEVER], UNSCORED_STATE)
    worth = np.select([has, carried, lost, never], [own, last, np.minimum(last, instead), instead], 0)
    counts = has | kept | (never & (measure.missing != "spread"))
    return [
        state, worth, ~unscored, counts, has | carried,
        np.where(has, own, last), np.where(has, today, last_on),
    ]  # fmt: skip


def _points(measure: Measure, held: Held, found: Gathered) -> tuple[Ints, Mask]:
    """Points of the shape that applies, and where there is a value. UNSCORED where nothing is scored, with or without
    a value."""
    spoken = held.spoken(found.on)
    own = points(measure.shape, spoken)
    unscored = np.zeros(len(own), np.bool_)
    for place, variant in enumerate(measure.variants):
        mine = held.variant == place
        own = np.where(mine, points(variant.shape, spoken), own)
        if variant.shape is None:
            unscored |= mine
    known = held.known & (own != UNLISTED)
    return np.where(unscored | (known & (own == UNSCORED)), UNSCORED, np.maximum(own, 0)), known


def _set(card: Scorecard, found: Gathered, rows: "list[list[npt.NDArray[np.int64]]]") -> None:
    """What people set for a measure counts as its value."""
    places = {measure.key: row for row, measure in enumerate(card.measures)}
    for place, some in enumerate(found.in_force):
        for one in some:
            if one.level == "measure":
                row = rows[places[one.target]]
                row[0][place], row[1][place] = OVERRIDDEN, one.points * 100
                row[2][place] = row[3][place] = row[4][place] = True
