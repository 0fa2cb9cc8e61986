"""What a shape makes of values: hundredths of a point, each account by itself."""

from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.science.scoring import FULL
from firstwin.signals.kinds.scorecard import Bounded, Choices, Holds, Linear, Shape, Tiers

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

UNSCORED, UNLISTED = -1, -2
"""A value that says nothing (by a tier, or because nothing is scored there); a word that has no points."""


def points(shape: Shape | None, spoken: Array) -> Ints:
    """In hundredths, or UNSCORED or UNLISTED. Anything where the value is unknown."""
    match shape:
        case None:
            return np.full(len(spoken), UNSCORED, np.int64)
        case Tiers():
            return _tiers(shape, spoken)
        case Linear():
            return _hundredths(_line(spoken, shape.from_value, shape.from_points, shape.to_value, shape.to_points))
        case Bounded():
            return _hundredths(_bounded(shape, spoken))
        case Choices(listed):
            by_word = {word: _hundredth(one) for word, one in listed}
            return np.fromiter((by_word.get(word, UNLISTED) for word in spoken.tolist()), np.int64, len(spoken))
        case Holds(_, yes, no):
            return np.where(spoken.astype(np.bool_), _hundredth(yes), _hundredth(no)).astype(np.int64)


def _tiers(shape: Tiers, spoken: Floats) -> Ints:
    found = np.full(len(spoken), UNSCORED, np.int64)
    open_yet = np.ones(len(spoken), np.bool_)
    for tier in shape.tiers:
        if tier.below is None:
            inside = open_yet
        else:
            inside = open_yet & ((spoken <= tier.below) if tier.includes else (spoken < tier.below))
        found[inside] = UNSCORED if tier.points is None else _hundredth(tier.points)
        open_yet = open_yet & ~inside
    return found


def _line(spoken: Floats, start: float, start_points: float, end: float, end_points: float) -> Floats:
    way = np.clip((spoken - start) / (end - start), 0.0, 1.0)
    return np.asarray(start_points + way * (end_points - start_points), np.float64)


def _bounded(shape: Bounded, spoken: Floats) -> Floats:
    best = shape.best_points
    found = np.full(len(spoken), best, np.float64)
    if shape.low is not None and shape.zero_low is not None:
        found = np.minimum(found, _line(spoken, shape.zero_low, 0.0, shape.low, best))
    if shape.high is not None and shape.zero_high is not None:
        found = np.minimum(found, _line(spoken, shape.high, best, shape.zero_high, 0.0))
    return found


def _hundredths(values: Floats) -> Ints:
    return np.clip(np.floor(values * 100.0 + 0.5), 0, FULL).astype(np.int64)


def _hundredth(value: float) -> int:
    return int(np.clip(np.floor(value * 100.0 + 0.5), 0, FULL))
