"""Small figures over few numbers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

FEW = 5
"""Below so many answers a share says nothing."""

_Z = 1.959963984540054
"""Of the normal distribution: 95 % lie within so many standard deviations."""


@dataclass(frozen=True)
class Share:
    """good of count, with the interval in which the true share lies with 95 % (Wilson's score interval)."""

    good: int
    count: int

    @property
    def value(self) -> float | None:
        return self.good / self.count if self.count else None

    @property
    def is_few(self) -> bool:
        return self.count < FEW

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.count:
            return None
        n, p, zz = self.count, self.good / self.count, _Z * _Z
        middle = (p + zz / (2 * n)) / (1 + zz / n)
        half = _Z / (1 + zz / n) * sqrt(p * (1 - p) / n + zz / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` of them lie, between two neighbours by their distance. None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
