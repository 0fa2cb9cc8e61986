"""How long until something happens, where for some it has not happened yet and for others it no longer can."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CENSORED, EVENT, COMPETING = 0, 1, 2
"""How waiting ended: not yet (we only know that it lasted so long), by the event, or by what makes it impossible."""

_A_HAIR = 1e-12
"""By so much a sum of shares misses 0 or 1: on the log-log scale that hair would be the whole interval."""

_WIDEST = 700.0
"""On the log-log scale, where e to it still is a number: the interval is then 0 to 1."""


@dataclass(frozen=True, slots=True)
class Hazards:
    """By time: how many were still waiting, how many had the event, the hazard, and the share still waiting after."""

    times: Ints
    at_risk: Ints
    events: Ints
    hazard: Floats
    survival: Floats


@dataclass(frozen=True, slots=True)
class Incidence:
    """The share for which the event had happened by each time (`share`), and for which it became impossible (`lost`).

    times: those at which something happened, rising.  low, high: a 95 % interval of `share` (on the log-log scale).
    median: the first time by which half had the event; None: not reached.
    at_risk: how many waited just before each time.  n, events, competing: all that were followed.
    """

    times: Ints
    share: Floats
    lost: Floats
    low: Floats
    high: Floats
    at_risk: Ints
    median: int | None
    n: int
    events: int
    competing: int

    def at(self, time: int) -> float:
        """The share for which it had happened by `time`."""
        place = int(np.searchsorted(self.times, time, side="right"))
        return float(self.share[place - 1]) if place else 0.0


def discrete_hazards(durations: npt.ArrayLike, events: npt.ArrayLike) -> Hazards:
    """Person-period hazards by whole time 1 … largest duration; its survival is Kaplan and Meier's."""
    lasted, happened = np.asarray(durations, np.int64), np.asarray(events, np.bool_)
    last = int(lasted.max(initial=0))
    times = np.arange(1, last + 1)
    at_risk = len(lasted) - np.cumsum(np.bincount(lasted, minlength=last + 1))[:-1]
    ended = np.bincount(lasted[happened], minlength=last + 1)[1:]
    hazard = ended / at_risk
    return Hazards(times, at_risk, ended, hazard, np.cumprod(1 - hazard).astype(np.float64))


def person_periods(durations: npt.ArrayLike) -> int:
    """Rows of the person-period table: one per thing and time it was waiting in."""
    return int(np.asarray(durations, np.int64).sum())


def incidence(durations: npt.ArrayLike, ends: npt.ArrayLike) -> Incidence:
    """Cumulative incidence with a competing risk and censoring (Aalen and Johansen).

    durations: whole times ≥ 0.  ends: CENSORED, EVENT or COMPETING. Who is censored at a time was at risk at it.
    One minus Kaplan and Meier takes who left for somebody who still waits; this never exceeds the share that had it.
    """
    lasted, how = np.asarray(durations, np.int64), np.asarray(ends, np.int64)
    n = len(lasted)
    times = np.unique(lasted[how != CENSORED])
    at_risk = n - np.searchsorted(np.sort(lasted), times, side="left")
    won, lost = (_at(times, lasted[how == kind]) for kind in (EVENT, COMPETING))
    hazard = (won + lost) / at_risk if len(times) else np.zeros(0)
    after = np.cumprod(1 - hazard)
    before = np.concatenate([[1.0], after[:-1]]) if len(times) else np.zeros(0)
    share, gone = np.cumsum(before * won / at_risk), np.cumsum(before * lost / at_risk)
    low, high = _interval(share, _variance(share, before, won, lost, at_risk))
    half = np.flatnonzero(share >= 0.5)
    return Incidence(
        times, share, gone, low, high, at_risk, int(times[half[0]]) if len(half) else None,
        n, int(won.sum()), int(lost.sum()),
    )  # fmt: skip


def _at(times: Ints, happened: Ints) -> Ints:
    """How many at each of the times."""
    places = np.searchsorted(times, happened)
    return np.bincount(places, minlength=len(times)).astype(np.int64)


def _variance(share: Floats, before: Floats, won: Ints, lost: Ints, at_risk: Ints) -> Floats:
    """By the delta method, for each time. What each time adds to all later ones is summed once: by time it would be
    the square of their number."""
    both = won + lost
    ended = both / (np.maximum(at_risk - both, 1) * at_risk)
    here = before**2 * (at_risk - won) / at_risk * won / at_risk**2
    mixed = before * won / at_risk**2
    ahead = share**2 * np.cumsum(ended) - 2 * share * np.cumsum(share * ended) + np.cumsum(share**2 * ended)
    found = ahead + np.cumsum(here) - 2 * (share * np.cumsum(mixed) - np.cumsum(share * mixed))
    return np.maximum(found, 0.0)


def _interval(share: Floats, variance: Floats) -> tuple[Floats, Floats]:
    inside = (share > _A_HAIR) & (share < 1 - _A_HAIR)
    safe = np.where(inside, share, 0.5)
    width = 1.96 * np.sqrt(variance) / (safe * np.abs(np.log(safe)))
    spread = np.exp(np.minimum(width, _WIDEST))
    return np.where(inside, safe**spread, share), np.where(inside, safe ** (1 / spread), share)
