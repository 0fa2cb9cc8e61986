"""Change against an own baseline: robust z and CUSUM.

Logarithms are taken number by number, sums and medians in a fixed order: one row alone and a million together give the
same bytes.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MAD_TO_SD = 1.4826
"""Of a normal distribution: standard deviation ÷ median absolute deviation."""

LEAST_SPREAD = 0.25
"""Below this (in logarithms: a change of about a quarter) nothing is told apart from noise."""

CLIP = 3.0
_TABLED = 1 << 20
"""Smaller counts are looked up by themselves: finding the distinct ones by sorting takes ten times as long."""


def log1p(counts: npt.ArrayLike) -> Floats:
    """Natural logarithm of 1 + count. Each distinct count is computed by itself: vector units round differently."""
    values = np.asarray(counts)
    if values.dtype.kind == "i" and values.size and values.min() >= 0 and values.max() < _TABLED:
        told = np.zeros(int(values.max()) + 1, np.bool_)
        told[values] = True
        distinct, places = np.flatnonzero(told), values
        logs = np.zeros(len(told))
        logs[distinct] = _one_by_one(distinct)
    else:
        distinct, places = np.unique(values, return_inverse=True)
        logs = _one_by_one(distinct)
    return np.asarray(logs[places].reshape(values.shape), np.float64)


def _one_by_one(counts: npt.NDArray[Any]) -> Floats:
    return np.fromiter((math.log1p(value) for value in counts.tolist()), np.float64, len(counts))


def median(rows: Floats) -> Floats:
    """Of each row (the last axis), without missing values."""
    ordered = np.sort(rows, axis=-1)
    middle = ordered.shape[-1] // 2
    if ordered.shape[-1] % 2:
        return np.asarray(ordered[..., middle], np.float64)
    return np.asarray((ordered[..., middle - 1] + ordered[..., middle]) / 2, np.float64)


def robust_z(baseline: npt.ArrayLike, current: npt.ArrayLike, *, least_spread: float = 0.0) -> Floats:
    """(current − median) ÷ max(1.4826 · median absolute deviation, least_spread).

    baseline: one row per thing, or a single row; current: one value per row, or a row of them. Where the
    spread is 0: 0 when nothing changed, else infinite.
    """
    rows = np.atleast_2d(np.asarray(baseline, np.float64))
    now = np.atleast_1d(np.asarray(current, np.float64))
    middle = median(rows)
    spread = np.maximum(MAD_TO_SD * median(np.abs(rows - middle[:, None])), least_spread)
    if now.ndim == 2:
        middle, spread = middle[:, None], spread[:, None]
    change = now - middle
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(change == 0, 0.0, change / spread)


def cusum(z: npt.ArrayLike, *, k: float = 0.5) -> Floats:
    """One-sided sums for a fall, S = max(0, S − z − k), along the last axis; z is clipped at ±3."""
    steps = np.clip(np.asarray(z, np.float64), -CLIP, CLIP)
    found = np.zeros_like(steps)
    level = np.zeros(steps.shape[:-1])
    for place in range(steps.shape[-1]):
        level = np.maximum(0.0, level - steps[..., place] - k)
        found[..., place] = level
    return found


def change_from_usual(windows: npt.ArrayLike, current: npt.ArrayLike) -> tuple[Floats, Floats]:
    """(robust z of log1p counts, relative change against the median count) of rows of counts in equal windows.

    The change is NaN where the median is 0.
    """
    counts = np.atleast_2d(np.asarray(windows, np.int64))
    now = np.atleast_1d(np.asarray(current, np.int64))
    z = robust_z(log1p(counts), log1p(now), least_spread=LEAST_SPREAD)
    usual = median(counts.astype(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        return z, np.where(usual > 0, (now - usual) / usual, np.nan)
