"""Signals as columns of a frame, in the form in which the vocabulary promises them."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from firstwin.core.frames import Column
from firstwin.signals.frame.frame import Ints
from firstwin.signals.models import What
from firstwin.signals.risks.detect import at_stake
from firstwin.signals.risks.found import Found
from firstwin.signals.stages.pace import Paces
from firstwin.signals.stages.standing import Standings

Mask = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]


def words(values: Words) -> Column:
    """Words, empty where there is none."""
    return Column(values, np.asarray(values != "", np.bool_))


def numbers(values: Mapping[int, float | int | None], n: int, kind: type = float) -> Column:
    """By place; None and places left out are not known."""
    known = np.zeros(n, np.bool_)
    found = np.zeros(n, np.float64 if kind is float else np.int64)
    for place, value in values.items():
        if value is not None:
            known[place], found[place] = True, value
    return Column(found, known)


def stages(standings: Standings, how: Paces) -> dict[str, Column]:
    """Where accounts stand, overlays first, what lies below them, and which of both takes too long."""
    over = np.asarray(standings.overlay != "", np.bool_)
    shown = np.where(over, standings.overlay, standings.stage)
    on = np.where(over, standings.overlay_on, standings.entered_on)
    known = np.asarray(shown != "", np.bool_)
    since, below_since = Column(on, known), Column(standings.entered_on, known)
    late = words(how.late)
    return {
        "stage": Column(shown, known), "stage_on": since, "stage_days": since,
        "stage_below": Column(standings.stage, known), "stage_below_on": below_since, "stage_below_days": below_since,
        "stage_pace": words(how.pace), "stage_late": late, "stage_late_on": Column(how.late_on, late.known),
    }  # fmt: skip


def health(score: Ints, band: Words, coverage: Ints, has: Mask, before: Sequence[int | None]) -> dict[str, Column]:
    """score: hundredths, below 0 where unknown.  has: where a scorecard spoke.  before: a week earlier."""
    known = has & (score >= 0)
    now = np.round(score / 100, 1)
    was = np.array([-1 if one is None else one for one in before], np.int64).reshape(-1)
    change = np.round(now - np.round(was / 100, 1), 1)
    return {
        "health": Column(now, known),
        "health_band": Column(band, has),
        "health_coverage": Column(coverage / 10_000, has),
        "health_change": Column(change, known & (was >= 0)),
    }


def risks(opened: Collection[Found], n: int) -> dict[str, Column]:
    """opened: what is open after the day, those put aside left out."""
    of: dict[int, list[Found]] = {}
    for one in opened:
        of.setdefault(one.place, []).append(one)
    risks = {place: [one for one in some if one.what == What.RISK] for place, some in of.items()}
    every = dict.fromkeys(range(n), 0)
    stake = {place: at_stake(one.stake_minor for one in some) for place, some in risks.items()}
    return {
        "risks_open": numbers(every | {place: len(some) for place, some in risks.items()}, n, int),
        "opportunities_open": numbers(every | {place: len(of[place]) - len(risks[place]) for place in of}, n, int),
        "risk_severity": numbers(
            {place: max((one.severity for one in some), default=None) for place, some in risks.items()}, n, int
        ),
        "at_risk": numbers(stake, n, int),
    }
