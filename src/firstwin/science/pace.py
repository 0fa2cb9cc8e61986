"""When a limit is reached if it goes on like this."""

import math

import numpy as np
import numpy.typing as npt

FEWEST = 6
"""Points below which no pace is told."""

FARTHEST = 730
"""Days beyond which a projection says nothing."""


def robust_slope(values: npt.ArrayLike) -> float | None:
    """Median of the slopes between all pairs of equally spaced points (Theil and Sen), per step; None below 6."""
    y = np.asarray(values, np.float64)
    if len(y) < FEWEST:
        return None
    first, second = np.triu_indices(len(y), 1)
    return float(np.median((y[second] - y[first]) / (second - first)))


def days_until(limit: float, values: npt.ArrayLike, *, step_days: int = 7) -> int | None:
    """Days from the last point until the values reach `limit` by their robust slope.

    0 where they are there already. None where they do not grow, are too few, or need more than two years.
    """
    y = np.asarray(values, np.float64)
    if len(y) and y[-1] >= limit:
        return 0
    slope = robust_slope(y)
    if slope is None or slope <= 0:
        return None
    days = math.ceil((limit - float(y[-1])) / slope * step_days)
    return days if days <= FARTHEST else None
