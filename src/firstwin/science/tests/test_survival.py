import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.science.survival import (
    CENSORED,
    COMPETING,
    EVENT,
    _interval,
    discrete_hazards,
    incidence,
    person_periods,
)

DURATIONS = [1, 2, 2, 3, 3, 3, 4, 4, 4, 4]
EVENTS = [1, 1, 0, 1, 1, 0, 0, 0, 1, 0]
FOLLOWED = st.lists(
    st.tuples(st.integers(0, 400), st.sampled_from([CENSORED, EVENT, COMPETING])), min_size=1, max_size=60
)


def test_hazards_by_period():
    found = discrete_hazards(DURATIONS, EVENTS)
    assert person_periods(DURATIONS) == 30
    assert found.hazard.round(6).tolist() == [0.1, 0.111111, 0.285714, 0.25]
    assert found.survival.round(6).tolist() == [0.9, 0.8, 0.571429, 0.428571]


def test_without_a_competing_risk_it_is_one_minus_kaplan_meier():
    found = incidence(DURATIONS, EVENTS)
    assert (1 - found.share).round(6).tolist() == [0.9, 0.8, 0.571429, 0.428571]
    assert found.median == 4


def test_who_left_is_not_taken_for_somebody_who_still_waits():
    found = incidence([1, 2, 3, 4], [EVENT, COMPETING, EVENT, COMPETING])
    assert found.share.tolist() == [0.25, 0.25, 0.5, 0.5]
    assert found.lost.tolist() == [0, 0.25, 0.25, 0.5]
    assert found.median == 3


def test_a_median_that_is_not_reached_is_not_told():
    assert incidence([5, 9, 9, 9], [EVENT, CENSORED, CENSORED, CENSORED]).median is None


def test_nobody_followed():
    found = incidence([], [])
    assert (found.n, found.median, len(found.times)) == (0, None, 0)


def test_who_is_censored_at_a_time_was_at_risk_at_it():
    assert incidence([3, 3], [EVENT, CENSORED]).share.tolist() == [0.5]


def test_the_interval_of_a_share_without_censoring_holds_it():
    found = incidence(list(range(1, 101)), [EVENT, COMPETING] * 50)
    assert (found.low <= found.share).all() and (found.share <= found.high).all()
    # Without censoring the variance is that of a share of 100.
    assert found.high[49] - found.low[49] == pytest.approx(2 * 1.96 * (0.25 * 0.75 / 100) ** 0.5, rel=0.05)


@given(FOLLOWED)
def test_shares_rise_and_never_exceed_one(followed):
    found = incidence(*zip(*followed, strict=True))
    assert (np.diff(found.share) >= 0).all() and (np.diff(found.lost) >= 0).all()
    assert (found.share + found.lost <= 1 + 1e-9).all()


@given(FOLLOWED)
def test_without_censoring_it_is_the_plain_share(followed):
    ends = [(time, EVENT if how == CENSORED else how) for time, how in followed]
    found = incidence(*zip(*ends, strict=True))
    for time in (0, 10, 100, 400):
        plain = sum(1 for at, how in ends if how == EVENT and at <= time) / len(ends)
        assert found.at(time) == pytest.approx(plain)


def test_a_sum_that_misses_one_by_a_hair_is_one():
    """23 events one after the other add up to 1 - 2e-16, 18 with one censored early to the like."""
    alone = incidence(np.arange(1, 24), np.full(23, EVENT))
    assert alone.share[-1] == pytest.approx(1.0, abs=1e-12)
    assert alone.low[-1] == alone.high[-1] == alone.share[-1]
    lasted = [7, 10, 6, 17, 22, 21, 5, 1, 12, 13, 14, 13, 9, 5, 18, 0, 26, 26]
    found = incidence(lasted, [CENSORED if place == 10 else EVENT for place in range(18)])
    assert np.all(
        (found.low >= 0) & (found.low <= found.share) & (found.share <= found.high) & (found.high <= 1 + 1e-12)
    )


def test_an_interval_that_knows_nothing_is_all_of_it():
    low, high = _interval(np.array([0.5, 1 - 1e-9, 0.25]), np.array([1e9, 1e-4, 0.0]))
    assert low.tolist() == pytest.approx([0.0, 0.0, 0.25])
    assert high.tolist() == pytest.approx([1.0, 1.0, 0.25])
