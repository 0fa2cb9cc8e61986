"""Turns: who was quiet never waits behind those that send all the time, and nobody waits for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.core import turns
from firstwin.core.turns import Turns


def test_who_was_quiet_is_first_whatever_the_order_they_are_named_in() -> None:
    taken = Turns(largest=30, seconds=1.0)
    for _ in range(3):
        taken.take(range(100), 30)
    assert taken.take([*range(100), 1_000], 30)[0] == 90  # had none yet, and is named first
    assert 1_000 in Turns(largest=30, seconds=1.0).take([1_000], 1)
    assert taken.take([*range(100), 1_000], 30).count(1_000) == 0  # it had one just now


@given(st.lists(st.sets(st.integers(0, 40), max_size=20), min_size=1, max_size=30), st.integers(1, 5))
def test_those_that_wait_all_along_have_as_many_turns(arrivals: list[set[int]], most: int) -> None:
    taken, had = Turns(largest=30, seconds=1.0), dict.fromkeys(range(100, 110), 0)
    for some in arrivals:
        waiting = [*had, *sorted(some)]
        chosen = taken.take(waiting, most)
        assert len(chosen) == len(set(chosen)) == most and set(chosen) <= set(waiting)
        for one in chosen:
            had |= {one: had[one] + 1} if one in had else {}
        assert max(had.values()) - min(had.values()) <= 1


def test_rounds_that_take_too_long_become_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    now, taken = [0.0], Turns(largest=200, seconds=1.0)
    monkeypatch.setattr("time.monotonic", lambda: now[0])

    def size_after(took: float) -> int:
        with taken.round():
            now[0] += took
        return taken.size

    assert size_after(2.0) == 100
    assert size_after(1.0) == 100
    assert size_after(9.0) == turns.FEWEST
    assert [size_after(0.01) for _ in range(4)] == [80, 160, 200, 200]


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST", 5)
    taken = Turns(largest=30, seconds=1.0)
    for one in range(12):
        taken.take([one], 1)
    assert taken.take([0, 11, 10], 1) == [0]  # forgotten, as if it had none
    assert taken.take([11, 10], 1) == [10]
