"""On track, behind, stuck, paused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.core.conditions import EVERYTHING
from firstwin.signals.evidence import number_of
from firstwin.signals.kinds.pipeline import Limits, Pipeline, Stage
from firstwin.signals.stages.pace import Paces, paces
from firstwin.signals.stages.pauses import Pauses
from firstwin.signals.stages.standing import NEVER, Standings
from firstwin.signals.tests.tabled import START, Table, day, defined

PIPELINE = Pipeline(
    "default",
    "Default",
    (Stage("setup", "Setup", None, (Limits(30, 60, "big"), Limits(10, 20))),),
    starts=EVERYTHING,
    ends=EVERYTHING,
    overlay=Stage("renewal", "Renewal", None, (Limits(5, 15),)),
)


def _paces(on: int, *, rows: Any = (), big: bool = False, overlay_since: int | None = None, n: int = 1) -> Paces:
    table = Table(tuple(range(1, n + 1)), (), {})
    state = Standings.none(n)
    state.pipeline[:], state.stage[:], state.entered_on[:] = "default", "setup", number_of(START)
    if overlay_since is not None:
        state.overlay[:], state.overlay_on[:] = "renewal", number_of(day(overlay_since))
    segments = {"big": np.full(n, big)}
    pauses = Pauses.of([(1, day(first), None if last is None else day(last)) for first, last in rows])
    return paces(table.on(day(on)), {"default": defined("pipeline", PIPELINE)}, state, pauses, segments)


@pytest.mark.parametrize(
    ("on", "word"), [(0, "on_track"), (10, "on_track"), (11, "behind"), (20, "behind"), (21, "stuck")]
)
def test_past_expected_is_behind_and_past_the_most_is_stuck(on: int, word: str) -> None:
    found = _paces(on)
    assert (found.days[0], found.pace[0], found.expected[0], found.most[0]) == (on, word, 10, 20)


def test_limits_are_those_of_its_segment() -> None:
    assert _paces(25, big=True).pace[0] == "on_track"
    assert _paces(25).pace[0] == "stuck"


def test_the_clock_stands_still_while_it_is_paused() -> None:
    paused = _paces(25, rows=[(5, None)])
    assert (paused.days[0], paused.pace[0]) == (5, "paused")
    after = _paces(25, rows=[(5, 23)])
    assert (after.days[0], after.pace[0]) == (7, "on_track")


def test_a_pause_before_the_stage_began_does_not_count() -> None:
    assert _paces(12, rows=[(-30, -2)]).days[0] == 12


def test_pauses_that_overlap_count_once() -> None:
    assert _paces(20, rows=[(2, 10), (5, 12), (12, 14)]).days[0] == 8


def test_the_overlay_has_its_own_clock_and_the_worse_of_both_counts() -> None:
    found = _paces(9, overlay_since=1)
    assert (found.overlay_days[0], found.days[0], found.pace[0]) == (8, 9, "behind")


@pytest.mark.parametrize(
    ("on", "over", "word", "late"),
    [
        (10, 5, "on_track", ("", None)),
        (14, 10, "behind", ("setup", 0)),  # the overlay is on track
        (9, 1, "behind", ("renewal", 1)),  # the stage is
        (25, 15, "stuck", ("setup", 0)),  # the overlay is behind only
        (18, 1, "stuck", ("renewal", 1)),  # the stage is behind only
        (40, 20, "stuck", ("setup", 0)),  # by 20 days, the overlay by 5
        (24, 1, "stuck", ("renewal", 1)),  # by 8 days, the stage by 4
        (20, 5, "behind", ("renewal", 5)),  # both by 10 days: the one that one sees
    ],
)
def test_it_says_which_of_both_takes_too_long(on: int, over: int, word: str, late: tuple[str, int | None]) -> None:
    found, (stage, since) = _paces(on, overlay_since=over), late
    assert (found.pace[0], found.late[0]) == (word, stage)
    assert found.late_on[0] == (NEVER if since is None else number_of(day(since)))


def test_while_its_clock_stands_still_nothing_takes_too_long() -> None:
    found = _paces(80, overlay_since=1, rows=[(70, None)])
    assert (found.pace[0], found.late[0], found.late_on[0]) == ("paused", "", NEVER)


def test_who_is_at_no_stage_has_no_pace() -> None:
    found = paces(
        Table((1,), (), {}).on(START), {"default": defined("pipeline", PIPELINE)}, Standings.none(1), Pauses()
    )
    assert (found.days[0], found.pace[0]) == (-1, "")
    assert Standings.none(1).entered_on[0] == NEVER


def test_a_stage_without_limits_is_never_late() -> None:
    free = replace(PIPELINE, stages=(Stage("setup", "Setup", None, ()),))
    state = replace(Standings.none(1), pipeline=np.array(["default"], object), stage=np.array(["setup"], object))
    state.entered_on[:] = number_of(START)
    found = paces(Table((1,), (), {}).on(day(900)), {"default": defined("pipeline", free)}, state, Pauses())
    assert (found.days[0], found.pace[0], found.most[0]) == (900, "on_track", -1)


@given(st.lists(st.tuples(st.integers(-10, 40), st.integers(0, 30)), max_size=6), st.integers(0, 40))
def test_paused_days_are_those_counted_one_by_one(spans: list[tuple[int, int]], on: int) -> None:
    rows = [(1, day(first), day(first + length)) for first, length in spans]
    found = Pauses.of(rows).days(1, number_of(START), number_of(day(on)))
    paused = {first + timedelta(days=n) for _, first, after in rows for n in range((after - first).days)}
    assert found == sum(START <= one < day(on) for one in paused)
