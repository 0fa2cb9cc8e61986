"""Time to value as curves: the share of each cohort that had its first win by each day since its clock started.

Each cohort has a small picture of its own, with the others behind it in grey: no colour has to be told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 92
STEP = 90
FURTHEST = 720
FEW = 5
"""Below, a curve says so."""


@dataclass(frozen=True)
class Followed:
    """One cohort as it was followed. points: (days, share that had it by then), rising. lost: left before it.

    censored: days after which an account was followed no longer without either. followed: the longest of all. median:
    None where half never got there yet.
    """

    label: str
    n: int
    wins: int
    lost: int
    median: int | None
    points: tuple[tuple[int, float], ...]
    censored: tuple[int, ...]
    followed: int
    href: str = ""

    @property
    def is_few(self) -> bool:
        return self.n < FEW

    @property
    def waiting(self) -> int:
        return self.n - self.wins - self.lost

    def by(self, days: int) -> float | None:
        """The share by so many days; None where nobody was followed that long."""
        if days > self.followed:
            return None
        return next((share for at, share in reversed(self.points) if at <= days), 0.0)


@dataclass(frozen=True)
class CurveTick:
    """x, y: percent and pixels. words: how many were no longer followed."""

    x: float
    y: float


@dataclass(frozen=True)
class Curve:
    """path: in a box of 1000 by `HEIGHT`. median_x: percent, None where it is not reached or not on the picture."""

    cohort: Followed
    path: str
    ticks: tuple[CurveTick, ...]
    median_x: float | None


@dataclass(frozen=True)
class CurvePicture:
    curves: tuple[Curve, ...]
    days: int
    height: int

    @property
    def marks(self) -> list[tuple[float, int]]:
        """(percent, days) under each picture."""
        apart = STEP if self.days <= 4 * STEP else 2 * STEP
        return [(round(100 * at / self.days, 2), at) for at in range(0, self.days + 1, apart)]

    @property
    def columns(self) -> tuple[int, ...]:
        """Days that the table names."""
        return tuple(at for at in (30, 90, 180, 365) if at <= self.days)


def curve_picture(cohorts: Sequence[Followed]) -> CurvePicture:
    longest = max((one.followed for one in cohorts), default=STEP)
    days = min(FURTHEST, max(STEP, -(-longest // STEP) * STEP))
    return CurvePicture(tuple(_curve(one, days) for one in cohorts), days, HEIGHT)


def _curve(cohort: Followed, days: int) -> Curve:
    def x(at: float) -> float:
        return round(1000 * min(at, days) / days, 1)

    parts = [f"M0 {_y(0):g}"]
    for at, share in cohort.points:
        if at > days:
            break
        parts.append(f"H{x(at):g}V{_y(share):g}")
    parts.append(f"H{x(cohort.followed):g}")
    ticks = {(round(x(at) / 10, 2), _y(_share_at(cohort, at))) for at in cohort.censored if at <= days}
    median = cohort.median if cohort.median is not None and cohort.median <= days else None
    return Curve(
        cohort, "".join(parts), tuple(CurveTick(*tick) for tick in sorted(ticks)),
        round(x(median) / 10, 2) if median is not None else None,
    )  # fmt: skip


def _share_at(cohort: Followed, at: int) -> float:
    return next((share for day, share in reversed(cohort.points) if day <= at), 0.0)


def _y(share: float) -> float:
    return round(4 + (HEIGHT - 6) * (1 - share), 1)
