"""Alarms of weekly use within a budget: how far an account fell below its own usual, and how high is high enough.

Counts per week are looked at as logarithms, without the season that all accounts share; the account's own median and
spread over earlier weeks make them comparable; sums of falls (`trend.cusum`) tell a fall that lasts from a bad week.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstwin.science.trend import LEAST_SPREAD, cusum, log1p, median, robust_z

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RECENT, BASELINE = 12, 26
"""Weeks over which falls are summed, and the weeks before them that say what is usual."""

FEWEST = 8
"""Weeks of the baseline, since the first use, below which nothing is usual yet."""

LEAST_USUAL = 5
"""Events a week, of the account's own median: below, a change says nothing."""

USUAL_HEIGHT, LEAST_HEIGHT = 5.0, 3.0
"""The height where history is too short to solve it, and the least one whatever the budget: higher than a single week
can lift a sum (`CLIP` − k)."""

DIGITS = 6


@dataclass(frozen=True)
class Falls:
    """Over accounts. level: the sum after each of the recent weeks, the earliest first; 0 where `known` is false.

    z: of each of those weeks.  usual: median events a week of the baseline.
    """

    level: Floats
    z: Floats
    usual: Floats
    known: npt.NDArray[np.bool_]


def season(counts: Ints, first_known: Ints) -> Floats:
    """By week: what all accounts do at that time, as the median over accounts of log1p(count) − the account's own
    median over the weeks since its first use. 0 where nobody is known long enough.

    counts: accounts × weeks, the earliest first.  first_known: the first week with use of each, or the number of weeks.
    """
    logs = log1p(counts)
    weeks = counts.shape[1]
    found = np.zeros(weeks)
    own = np.zeros(len(counts))
    for start in np.unique(first_known[first_known <= weeks - FEWEST]).tolist():
        here = first_known == start
        own[here] = median(logs[here, start:])
    steady = (first_known <= weeks - FEWEST) & (own >= np.log1p(LEAST_USUAL) - 1e-9)
    for week in range(weeks):
        among = steady & (first_known <= week)
        if among.sum() >= FEWEST:
            found[week] = median((logs[among, week] - own[among])[None, :])[0]
    return np.round(found, DIGITS) + 0.0


def falls(
    counts: Ints,
    first_known: Ints,
    seasons: Floats,
    *,
    k: float = 0.5,
    upward: bool = False,
    logs: Floats | None = None,
) -> Falls:
    """Of the last `RECENT` weeks against the `BASELINE` weeks before. Each account by itself: one alone is said the
    same of as among all.

    counts: accounts × (BASELINE + RECENT) weeks, the earliest first.  first_known: as in `season`.
    logs: `log1p` of the counts, where it was taken already.
    """
    n = len(counts)
    if logs is None:
        logs = log1p(counts)
    z: Floats = np.zeros((n, RECENT))
    usual, known = np.zeros(n), np.zeros(n, np.bool_)
    for start in np.unique(first_known[first_known <= BASELINE - FEWEST]).tolist():
        here = np.flatnonzero(first_known == start)
        usual[here] = median(counts[here, start:BASELINE].astype(np.float64))
        here = here[usual[here] >= LEAST_USUAL]
        known[here] = True
        mine = logs[here] - seasons[None, :]
        recent = mine[:, BASELINE : BASELINE + RECENT]
        z[here] = robust_z(mine[:, start:BASELINE], recent, least_spread=LEAST_SPREAD)
    z = np.asarray(np.round(np.where(known[:, None], z, 0.0), DIGITS) + 0.0, np.float64)
    level = np.round(cusum(-z if upward else z, k=k), DIGITS) + 0.0
    return Falls(np.where(known[:, None], level, 0.0), z, usual, known)


def crossings(levels: Floats, height: float) -> int:
    """How often a level reached `height` that had been below it the week before.

    levels: accounts × weeks; the first week only says where it came from.
    """
    return int(((levels[:, :-1] < height) & (levels[:, 1:] >= height)).sum())


def solve_height(levels: Floats, per_week_budget: float) -> float | None:
    """The least height from which on history would have alarmed at most so often per week, on average.

    None where history is shorter than `FEWEST` weeks. Never below `LEAST_HEIGHT`.
    """
    weeks = levels.shape[1] - 1
    if weeks < FEWEST or not len(levels):
        return None
    allowed = int(per_week_budget * weeks + 1e-9)
    before, after = levels[:, :-1].ravel(), levels[:, 1:].ravel()
    rises = after > before
    # A rise is crossed by every height above its foot and up to its top.
    feet, tops = np.sort(before[rises]), np.sort(after[rises])
    candidates = np.unique(np.concatenate([tops, [LEAST_HEIGHT]]))
    height = LEAST_HEIGHT
    for candidate in candidates[::-1].tolist():
        crossed = np.searchsorted(feet, candidate, "left") - np.searchsorted(tops, candidate, "left")
        if crossed > allowed:
            # Just above this top it is not crossed so often any more.
            height = float(np.round(candidate + 10.0**-DIGITS, DIGITS))
            break
    return max(height, LEAST_HEIGHT)
