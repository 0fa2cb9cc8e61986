import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstwin.science.alarms import (
    BASELINE,
    LEAST_HEIGHT,
    RECENT,
    crossings,
    falls,
    season,
    solve_height,
)
from firstwin.science.trend import cusum, robust_z

WEEKS = BASELINE + RECENT
LEVELS = st.lists(st.lists(st.floats(0, 12), min_size=12, max_size=12), min_size=1, max_size=20)


def test_vectors() -> None:
    """Published with the method."""
    assert robust_z([100, 102, 98, 101, 99, 103, 97, 100], [80.0])[0] == pytest.approx(-8.993, abs=5e-4)
    assert cusum([0, -1, -1.5, -2, -1, -2.5], k=0.5).tolist() == [0, 0.5, 1.5, 3, 3.5, 5.5]


def test_one_bad_week_counts_three_at_most() -> None:
    assert cusum([-100.0], k=0.5)[0] == 2.5


def _counts(*recent: int, usual: int = 100, n: int = 1) -> np.ndarray:
    return np.array([[usual] * BASELINE + list(recent)] * n)


def test_a_fall_that_lasts_adds_up_and_a_steady_account_stays_at_nothing() -> None:
    steady = falls(_counts(*[100] * RECENT), np.array([0]), np.zeros(WEEKS))
    assert steady.level.max() == 0 and steady.known[0] and steady.usual[0] == 100
    fallen = falls(_counts(*[100] * 8, 60, 50, 40, 30), np.array([0]), np.zeros(WEEKS))
    assert fallen.level[0, 7] == 0
    assert np.all(np.diff(fallen.level[0, 7:]) > 0)
    assert fallen.level[0, -1] > 5


def test_a_rise_is_looked_for_the_other_way() -> None:
    counts = _counts(*[100] * 8, 200, 250, 300, 400)
    assert falls(counts, np.array([0]), np.zeros(WEEKS)).level.max() == 0
    assert falls(counts, np.array([0]), np.zeros(WEEKS), upward=True).level[0, -1] > 5


def test_what_everybody_does_is_no_fall() -> None:
    """Summer: all accounts do half of what they usually do."""
    counts = _counts(*[100] * 8, 50, 50, 50, 50, n=30)
    shared = season(counts, np.zeros(30, np.int64))
    assert shared[-1] == pytest.approx(np.log1p(50) - np.log1p(100), abs=1e-6)
    assert falls(counts, np.zeros(30, np.int64), shared).level.max() == 0
    counts[0, -4:] = 10
    assert falls(counts, np.zeros(30, np.int64), shared).level[0, -1] > 5


def test_little_use_and_a_short_past_say_nothing() -> None:
    few = falls(_counts(*[0] * RECENT, usual=3), np.array([0]), np.zeros(WEEKS))
    assert not few.known[0] and few.level.max() == 0
    new = falls(_counts(*[0] * RECENT), np.array([BASELINE - 7]), np.zeros(WEEKS))
    assert not new.known[0] and new.level.max() == 0


@settings(deadline=None, max_examples=30)
@given(st.lists(st.lists(st.integers(0, 500), min_size=WEEKS, max_size=WEEKS), min_size=1, max_size=5))
def test_one_account_alone_is_said_the_same_of_as_among_all(rows: list[list[int]]) -> None:
    counts = np.array(rows)
    first = np.where((counts > 0).any(axis=1), np.argmax(counts > 0, axis=1), WEEKS)
    together = falls(counts, first, np.zeros(WEEKS))
    for n in range(len(rows)):
        alone = falls(counts[n : n + 1], first[n : n + 1], np.zeros(WEEKS))
        assert alone.level.tobytes() == together.level[n : n + 1].tobytes()
        assert alone.z.tobytes() == together.z[n : n + 1].tobytes()


@given(LEVELS, st.floats(0.05, 5))
def test_the_solved_height_keeps_within_the_budget(rows: list[list[float]], budget: float) -> None:
    levels = np.array(rows)
    height = solve_height(levels, budget)
    assert height is not None and height >= LEAST_HEIGHT
    assert crossings(levels, height) <= budget * (levels.shape[1] - 1)
    for higher in (height + 0.5, height + 3):
        assert crossings(levels, higher) <= budget * (levels.shape[1] - 1)


def test_the_solved_height_is_the_least_one() -> None:
    levels = np.zeros((3, 11))
    levels[:, 5] = [3.5, 4, 6]
    assert solve_height(levels, 0.1) == pytest.approx(4.000001)
    assert solve_height(levels, 0.2) == pytest.approx(3.500001)
    assert solve_height(levels, 0.3) == LEAST_HEIGHT
    assert solve_height(levels, 0.01) == pytest.approx(6.000001)


def test_a_short_history_solves_nothing() -> None:
    assert solve_height(np.zeros((5, 8)), 1) is None
    assert solve_height(np.zeros((0, 30)), 1) is None


def test_two_thousand_steady_accounts_alarm_as_often_as_the_budget_says() -> None:
    """Where a fall of 30 % from one week to the next would alarm hundreds of times a week."""
    dice = np.random.default_rng(7)
    usual = dice.lognormal(4, 1, 2_000).clip(8)
    counts = dice.negative_binomial(8, 8 / (8 + usual[:, None]), (2_000, WEEKS + 26)).astype(np.int64)
    first = np.zeros(2_000, np.int64)
    levels = [falls(counts[:, n : n + WEEKS], first, np.zeros(WEEKS)).level[:, -1] for n in range(27)]
    history = np.stack(levels, axis=1)
    height = solve_height(history, 10)
    assert height is not None
    assert crossings(history, height) / 26 <= 10
    assert crossings(history, height) / 26 > 7
    by_percent = (counts[:, 1:] < 0.7 * counts[:, :-1]).sum() / (counts.shape[1] - 1)
    assert by_percent > 200
