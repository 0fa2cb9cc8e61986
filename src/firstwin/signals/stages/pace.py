"""How accounts move through their stages: on track, behind, stuck or paused, by the limits of their segment."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from firstwin.people.config.store import Definition
from firstwin.signals.evidence import number_of
from firstwin.signals.frame.frame import Frame
from firstwin.signals.kinds.pipeline import Pipeline, Stage
from firstwin.signals.models.kinds import Pace
from firstwin.signals.stages.pauses import Pauses
from firstwin.signals.stages.standing import NEVER, Ints, Mask, Standings, Words

NO_LIMIT = -1
_WORSE = (str(Pace.ON_TRACK), str(Pace.BEHIND), str(Pace.STUCK))


@dataclass(frozen=True)
class Paces:
    """Over the accounts of a frame.

    days: in the stage, the day it came not counted and paused days left out; -1 where it is at none.
    expected, most: the limits that count for it; NO_LIMIT where there is none.
    overlay_days: the same of the overlay.  pace: the worse of both; empty where it is at no stage.
    late: the stage, or the overlay, whose clock makes it behind or stuck; empty where neither does.  late_on: the day
    on which it came there; NEVER where `late` is empty.
    """

    days: Ints
    expected: Ints
    most: Ints
    overlay_days: Ints
    pace: Words
    late: Words
    late_on: Ints


def paces(
    frame: Frame,
    pipelines: Mapping[str, Definition],
    standings: Standings,
    pauses: Pauses,
    segments: Mapping[str, Mask] | None = None,
) -> Paces:
    """segments: which accounts are in which; a segment that is not there holds nobody."""
    n, day = len(frame), number_of(frame.at.on)
    stands, over = np.asarray(standings.stage != "", np.bool_), np.asarray(standings.overlay != "", np.bool_)
    days = _days(frame, standings.entered_on, stands, pauses, day)
    overlay_days = _days(frame, standings.overlay_on, over, pauses, day)
    expected, most, over_expected, over_most = np.full((4, n), NO_LIMIT, np.int64)
    for definition in pipelines.values():
        pipeline: Pipeline = definition.parsed
        here = stands & (standings.pipeline == pipeline.key)
        if not here.any():
            continue
        for stage in pipeline.stages:
            there = here & (standings.stage == stage.key)
            likely, limit = _limits(stage, there, segments or {})
            expected[there], most[there] = likely[there], limit[there]
        if pipeline.overlay is not None:
            there = here & (standings.overlay == pipeline.overlay.key)
            likely, limit = _limits(pipeline.overlay, there, segments or {})
            over_expected[there], over_most[there] = likely[there], limit[there]
    how, over_how = _how(days, expected, most), _how(overlay_days, over_expected, over_most)
    past = _past(days, how, expected, most)
    over_past = _past(overlay_days, over_how, over_expected, over_most)
    # Of two that are equally late the one that is longer so; then the one that one sees.
    is_over = over & ((over_how > how) | ((over_how == how) & (over_past >= past)))
    worse = np.maximum(how, over_how)
    words = np.asarray(_WORSE, object)[worse]
    is_paused = pauses.open_on(frame.accounts, day)
    words[is_paused] = str(Pace.PAUSED)
    words[~stands] = ""
    is_late = stands & ~is_paused & (worse > 0)
    late = np.where(is_late, np.where(is_over, standings.overlay, standings.stage), "")
    late_on = np.where(is_late, np.where(is_over, standings.overlay_on, standings.entered_on), NEVER)
    return Paces(days, expected, most, overlay_days, words, late, late_on)


def _days(frame: Frame, since: Ints, where: Mask, pauses: Pauses, day: int) -> Ints:
    known = np.where(where, since, day)
    return np.where(where, day - known - pauses.over(frame.accounts, known, day), -1)


def _limits(stage: Stage, there: Mask, segments: Mapping[str, Mask]) -> tuple[Ints, Ints]:
    """Expected and most days of each account: by the first limits whose segment it is in."""
    expected, most = np.full(len(there), NO_LIMIT, np.int64), np.full(len(there), NO_LIMIT, np.int64)
    for limits in reversed(stage.limits):
        fits = there & segments.get(limits.segment, np.zeros(len(there), np.bool_)) if limits.segment else there
        expected[fits] = NO_LIMIT if limits.expected_days is None else limits.expected_days
        most[fits] = NO_LIMIT if limits.max_days is None else limits.max_days
    return expected, most


def _how(days: Ints, expected: Ints, most: Ints) -> Ints:
    """0 on track, 1 behind, 2 stuck."""
    behind = (expected != NO_LIMIT) & (days > expected)
    stuck = (most != NO_LIMIT) & (days > most)
    return np.where(stuck, 2, np.where(behind, 1, 0)).astype(np.int64)


def _past(days: Ints, how: Ints, expected: Ints, most: Ints) -> Ints:
    """Days past the limit by which they are behind or stuck."""
    return np.where(how == 2, days - most, np.where(how == 1, days - expected, 0))
