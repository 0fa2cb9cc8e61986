"""What must hold of every score, whatever the card and whatever is known."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from firstwin.science.scoring import FULL, NOTHING, Card, Given, Scored, bands, coverage, scored


@st.composite
def situations(draw: DrawFn) -> tuple[Card, Given]:
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    group = tuple(place for place, size in enumerate(sizes) for _ in range(size))
    weight = st.one_of(st.integers(1, 100).map(float), st.floats(0.01, 1e3))
    card = Card(
        group, tuple(draw(weight) for _ in group), tuple(draw(weight) for _ in sizes)
    )  # fmt: skip
    n = draw(st.integers(1, 6))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    m, g = len(group), len(sizes)
    counts = rng.random((m, n)) < 0.7
    return card, Given(
        points=rng.integers(0, FULL, (m, n), endpoint=True),
        applies=rng.random((m, n)) < 0.85,
        counts=counts,
        has_data=counts & (rng.random((m, n)) < 0.8),
        group_set=np.where(rng.random((g, n)) < 0.1, rng.integers(0, FULL, (g, n)), NOTHING),
        score_set=np.where(rng.random(n) < 0.1, rng.integers(0, FULL, n), NOTHING),
    )


def part(given_: Given, places: "npt.ArrayLike") -> Given:
    return Given(**{name: value[..., places] for name, value in vars(given_).items()})


def rows(found: Scored, n: int) -> list[tuple[bytes, ...]]:
    return [tuple(np.ascontiguousarray(v[..., i]).tobytes() for v in vars(found).values()) for i in range(n)]


@given(situations())
@settings(max_examples=150, deadline=None)
def test_contributions_add_up_to_the_score_and_stay_in_bounds(situation: tuple[Card, Given]) -> None:
    card, known = situation
    found = scored(card, known)
    total = found.contributions.sum(axis=0) + found.group_shifts.sum(axis=0) + found.score_shift
    assert (total == np.where(found.score == NOTHING, 0, found.score)).all()
    assert ((found.score >= NOTHING) & (found.score <= FULL)).all()
    assert ((found.coverage >= 0) & (found.coverage <= FULL)).all()
    assert (found.contributions >= 0).all()
    assert (found.contributions[found.weights == 0] == 0).all()


@given(situations(), st.integers(0, 2**32))
@settings(max_examples=100, deadline=None)
def test_alone_or_in_any_order_an_account_gets_the_same_bytes(situation: tuple[Card, Given], seed: int) -> None:
    card, known = situation
    n = known.points.shape[1]
    together = rows(scored(card, known), n)
    order = np.random.default_rng(seed).permutation(n)
    assert rows(scored(card, part(known, order)), n) == [together[place] for place in order]
    for place in range(n):
        assert rows(scored(card, part(known, [place])), 1) == [together[place]]


@given(situations(), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_what_goes_missing_never_raises_the_score_nor_the_coverage(situation: tuple[Card, Given], seed: int) -> None:
    card, known = situation
    rng = np.random.default_rng(seed)
    lost = known.counts & (rng.random(known.points.shape) < 0.5)
    last = np.where(lost, rng.integers(0, known.points, endpoint=True), known.points)
    after = replace(known, points=last, has_data=known.has_data & ~lost)
    assert (scored(card, after).score <= scored(card, known).score).all()
    assert (coverage(card, after) <= coverage(card, known)).all()


@given(situations())
@settings(max_examples=60, deadline=None)
def test_what_a_person_set_is_what_counts(situation: tuple[Card, Given]) -> None:
    card, known = situation
    found = scored(card, known)
    held = known.score_set >= 0
    assert (found.score[held] == known.score_set[held]).all()
    group = known.group_set >= 0
    assert (found.group_points[group] == known.group_set[group]).all()


def test_weight_of_what_never_was_spreads_in_the_group_first_and_over_groups_then() -> None:
    card = Card((0, 0, 1), (3.0, 1.0, 1.0), (50.0, 50.0))
    known = Given(
        points=np.array([[8_000, 8_000, 8_000], [4_000, 4_000, 4_000], [2_000, 2_000, 2_000]]),
        applies=np.ones((3, 3), bool),
        counts=np.array([[True, False, False], [True, True, False], [True, True, True]]),
        has_data=np.array([[True, False, False], [True, True, False], [True, True, True]]),
        group_set=np.full((2, 3), NOTHING),
        score_set=np.full(3, NOTHING),
    )
    found = scored(card, known)
    assert found.score.tolist() == [4_500, 3_000, 2_000]
    assert found.coverage.tolist() == [10_000, 6_250, 5_000]
    assert found.worst.tolist() == [2, 2, 2]


@pytest.mark.parametrize(("score", "band"), [(0, 1), (4_999, 1), (5_000, 2), (7_499, 2), (7_500, 3), (FULL, 3)])
def test_bands_are_half_open(score: int, band: int) -> None:
    told = bands(
        np.array([score]), np.array([FULL]), amber_from=5_000, green_from=7_500, least=5_000, is_set=np.array([False])
    )
    assert told.tolist() == [band]


def test_below_the_least_coverage_it_is_unknown_unless_a_person_says_otherwise() -> None:
    told = bands(
        np.array([9_000, 9_000, NOTHING]), np.array([4_999, 4_999, 0]), amber_from=5_000, green_from=7_500,
        least=5_000, is_set=np.array([False, True, False]),
    )  # fmt: skip
    assert told.tolist() == [0, 3, 0]
