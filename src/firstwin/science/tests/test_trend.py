import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.science.trend import change_from_usual, cusum, log1p, robust_z

COUNTS = st.integers(0, 10**9)


def test_robust_z_of_a_steady_series_that_falls():
    assert robust_z([100, 102, 98, 101, 99, 103, 97, 100], 80)[0] == pytest.approx(-8.993, abs=0.0005)


def test_sums_for_a_fall_grow_while_it_lasts():
    assert cusum([0, -1, -1.5, -2, -1, -2.5]).tolist() == [0, 0.5, 1.5, 3, 3.5, 5.5]


def test_one_wild_week_is_clipped():
    assert cusum([-50.0]).tolist() == [2.5]


def test_no_change_is_nothing_even_without_any_spread():
    assert robust_z([5, 5, 5], 5)[0] == 0
    assert robust_z([5, 5, 5], 4)[0] == -np.inf


def test_a_small_change_of_a_steady_account_stays_within_the_noise():
    z, share = change_from_usual([[100, 100, 100, 100]], [90])
    assert -1 < z[0] < 0
    assert share[0] == -0.1


def test_from_nothing_there_is_no_relative_change():
    z, share = change_from_usual([[0, 0, 0]], [40])
    assert z[0] > 3
    assert np.isnan(share[0])


@given(st.lists(st.tuples(st.lists(COUNTS, min_size=5, max_size=5), COUNTS), min_size=1, max_size=20))
def test_one_alone_gives_the_same_bytes_as_all_together(rows):
    windows, current = [row for row, _ in rows], [now for _, now in rows]
    together = change_from_usual(windows, current)
    for place in range(len(rows)):
        alone = change_from_usual([windows[place]], [current[place]])
        for one, all_ in zip(alone, together, strict=True):
            assert one[0].tobytes() == all_[place].tobytes()


@given(st.lists(COUNTS, min_size=3, max_size=13), COUNTS, st.integers(1, 1000))
def test_more_use_never_lowers_the_trend(windows, current, more):
    assert change_from_usual(windows, current + more)[0][0] >= change_from_usual(windows, current)[0][0]


def test_logarithms_keep_the_shape():
    assert log1p([[0, 1], [1, 0]]).shape == (2, 2)
