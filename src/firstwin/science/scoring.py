"""Points in groups to one score, with contributions that add up to it exactly.

Every account is worked out by itself: sums run over measures in their order, never over accounts, so one account alone
and a million together give the same bytes. Points, contributions and coverage are whole numbers: hundredths of a point
and shares of 10,000.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FULL = 10_000
"""A hundred points in hundredths, and the whole of the weight."""

NOTHING = -1
"""Where there is no such number."""


@dataclass(frozen=True)
class Card:
    """group: of each measure, the place of its group.  weights: of measures within their groups.  group_weights."""

    group: tuple[int, ...]
    weights: tuple[float, ...]
    group_weights: tuple[float, ...]


@dataclass(frozen=True)
class Given:
    """What is known of n accounts; one row per measure (m, n) or per group (g, n).

    points: hundredths, 0 to 10,000, where a measure counts.
    applies: whether it is scored for an account at all.  counts: whether it takes part; else its weight is spread.
    has_data: whether something is known today, for the coverage.
    group_set, score_set: points that a person set instead; `NOTHING` where nobody did.
    """

    points: Ints
    applies: Mask
    counts: Mask
    has_data: Mask
    group_set: Ints
    score_set: Ints


@dataclass(frozen=True)
class Scored:
    """contributions, weights: (m, n).  group_points, group_weights, group_shifts: (g, n).  The rest: (n,).

    score = sum of contributions + sum of group_shifts + score_shift: the shifts are what people's own points make.
    score: NOTHING where nothing counts.  worst: place of the measure that costs most points, or NOTHING.
    """

    score: Ints
    contributions: Ints
    weights: Floats
    group_points: Ints
    group_weights: Floats
    group_shifts: Ints
    score_shift: Ints
    coverage: Ints
    worst: Ints


def scored(card: Card, given: Given) -> Scored:
    """Score every account at once.

    A measure that does not count spreads its weight inside its group; a group in which nothing counts spreads its own
    over the other groups (METHOD 1).
    """
    is_set = given.group_set >= 0
    weights, group_weights = spread(card, given.applies & given.counts, is_set)
    raw = weights * given.points
    group_raw = _by_group(card, raw)
    shifts = np.where(is_set, group_weights * given.group_set - group_raw, 0.0)
    counted = np.where(is_set, group_weights * given.group_set, group_raw)
    computed = np.minimum(_rounded(_summed(counted)), FULL)
    parts = _shared_out(np.concatenate([raw, shifts]), computed)
    some = group_weights.any(axis=0)
    overall = given.score_set >= 0
    before = np.where(some, computed, 0)
    return Scored(
        score=np.where(overall, given.score_set, np.where(some, computed, NOTHING)),
        contributions=parts[: len(raw)],
        weights=weights,
        group_points=_group_points(group_weights, counted),
        group_weights=group_weights,
        group_shifts=parts[len(raw) :],
        score_shift=np.where(overall, given.score_set - before, 0),
        coverage=coverage(card, given),
        worst=_worst(card, weights, given.points, is_set),
    )


def spread(card: Card, takes_part: Mask, stands: Mask) -> tuple[Floats, Floats]:
    """Effective weights of measures (m, n) and of groups (g, n); each account's groups sum to 1, or all are 0.

    stands: groups that count whatever their measures do.
    """
    own = np.asarray(card.weights, np.float64)[:, None] * takes_part
    within = _by_group(card, own)
    groups = np.asarray(card.group_weights, np.float64)[:, None] * ((within > 0) | stands)
    total = _summed(groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        group_weights = np.where(total > 0, groups / total, 0.0)
        place = np.asarray(card.group, np.int64)
        weights = np.where(own > 0, own / within[place], 0.0) * group_weights[place]
    return weights, group_weights


def coverage(card: Card, given: Given) -> Ints:
    """Share of the weight that has data, of 10,000. Weight that does not apply is left out; what a person set for a
    group counts as known."""
    is_set = given.group_set >= 0
    weights, group_weights = spread(card, given.applies, is_set)
    covered = _by_group(card, weights * given.has_data)
    return np.minimum(_rounded(_summed(np.where(is_set, group_weights, covered)) * FULL), FULL)


def bands(score: Ints, covered: Ints, *, amber_from: int, green_from: int, least: int, is_set: Mask) -> Ints:
    """0 unknown, 1 red, 2 amber, 3 green. Half-open: red [0, amber), amber [amber, green), green [green, full].

    Unknown where there is no score, and below the least coverage unless a person set the score.
    """
    found = np.where(score < amber_from, 1, np.where(score < green_from, 2, 3))
    return np.where((score < 0) | ((covered < least) & ~is_set), 0, found)


def _by_group(card: Card, rows: Floats) -> Floats:
    found = np.zeros((len(card.group_weights), rows.shape[1]))
    for place, group in enumerate(card.group):
        found[group] += rows[place]
    return found


def _summed(rows: Floats) -> Floats:
    total = np.zeros(rows.shape[1])
    for row in rows:
        total += row
    return total


def _rounded(values: Floats) -> Ints:
    return np.floor(values + 0.5).astype(np.int64)


def _shared_out(raw: Floats, totals: Ints) -> Ints:
    """Whole numbers near `raw` that sum to `totals` exactly: the largest remainders are rounded up, ties by order."""
    floors = np.floor(raw)
    whole = floors.astype(np.int64)
    missing = totals - whole.sum(axis=0)
    by_remainder = np.argsort(floors - raw, axis=0, kind="stable")
    ranks = np.empty_like(by_remainder)
    np.put_along_axis(ranks, by_remainder, np.arange(len(raw))[:, None], axis=0)
    return np.asarray(whole + (ranks < missing), np.int64)


def _group_points(group_weights: Floats, counted: Floats) -> Ints:
    with np.errstate(divide="ignore", invalid="ignore"):
        points = np.where(group_weights > 0, counted / group_weights, NOTHING)
    return np.where(group_weights > 0, np.minimum(_rounded(points), FULL), NOTHING)


def _worst(card: Card, weights: Floats, points: Ints, is_set: Mask) -> Ints:
    lost = weights * (FULL - points) * ~is_set[np.asarray(card.group, np.int64)]
    worst = np.argmax(lost, axis=0)
    return np.where(lost.max(axis=0) > 0, worst, NOTHING)
