"""Whatever way events came in, and however files were folded and merged, readers see what plain counting gives."""

from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from tests.examples import few, thorough

from firstwin.usage.lake import check, fold, merge
from firstwin.usage.lake.rebuild import rebuild
from firstwin.usage.lake.schema import What
from firstwin.usage.store.models import Piece
from firstwin.usage.tests.lake_world import NOW, Event, counted, put, read, read_all

pytestmark = pytest.mark.django_db

EDGES = [63, 64, 127, 20_031, 20_032]
"""First and last days of blocks, and days beside them."""

events = st.builds(
    Event,
    key=st.integers(0, 40),
    place=st.sampled_from([0, 1, 2]),
    actor=st.sampled_from([0, 1, 2]),
    feature=st.sampled_from([0, 1, 2, 3, 4]),
    what=st.sampled_from(list(What)),
    day=st.sampled_from(EDGES),
    second=st.integers(0, 86_399),
    known_on=st.sampled_from([0, 0, 20_040]),
    count=st.integers(1, 5),
    people=st.none() | st.integers(0, 9),
    value=st.none() | st.integers(-9, 9),
)
steps = st.lists(st.sampled_from(["store", "fold", "merge", "rebuild"]), min_size=1, max_size=4)


def _once(found: list[Event]) -> list[Event]:
    """Of events with the same key, the first: the others repeat it."""
    return list({event.key: event for event in reversed(found)}.values())


@given(
    found=st.lists(events, max_size=24), sizes=st.lists(st.integers(4, 12), min_size=1), course=steps, data=st.data()
)
@pytest.mark.once
@thorough
@examples(
    max_examples=few(3, many=40),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_course_gives_what_plain_counting_gives(
    lake: Path, meant: None, settings: Any, found: list[Event], sizes: list[int], course: list[str], data: Any
) -> None:
    _begin_again(settings, lake)
    once = _once(found)
    batches = _batches(
        data.draw(st.permutations(once + data.draw(st.lists(st.sampled_from(once)) if once else st.just([])))), sizes
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merge, "TOGETHER", dict.fromkeys(merge.TOGETHER, 2))
        for step, batch in zip(_endless(course), [*batches, []], strict=False):
            put(*batch)
            _do(step)
        assert read_all() == counted(once)
        assert check.rollup_problems(NOW, is_whole=True) == []
        assert check.key_problems(NOW, is_whole=True) == []
        assert len(read("events")) == len(once)
        rebuild(NOW)
        assert read_all() == counted(once)


def _begin_again(settings: Any, lake: Path) -> None:
    Piece.objects.all().delete()
    settings.ENV = replace(settings.ENV, home=lake.parent / f"example{next(_numbers)}")
    settings.ENV.home.mkdir()


_numbers = count()


def _batches(found: list[Event], sizes: list[int]) -> list[list[Event]]:
    batches: list[list[Event]] = []
    for size in _endless(sizes):
        if not found:
            return batches
        batches.append(found[:size])
        found = found[size:]
    return batches


def _endless(items: list[Any]) -> Any:
    while True:
        yield from items


def _do(step: str) -> None:
    if step == "fold":
        fold.fold(NOW)
    elif step == "merge":
        while merge.merge(NOW):
            pass
    elif step == "rebuild":
        rebuild(NOW)


def test_masks_at_the_borders_of_a_block(lake: Path) -> None:
    put(Event(1, day=63), Event(2, day=64), Event(3, day=127), Event(4, day=128), Event(5, day=0))
    for _ in range(2):  # as read before the fold, and after
        masks = {row[3]: row[5] for row in read("actor_blocks")}
        assert masks == {0: 1 | 1 << 63, 1: 1 | 1 << 63, 2: 1}
        fold.fold(NOW)


def test_what_is_known_later_stands_apart(lake: Path) -> None:
    put(Event(1, day=20_000), Event(2, day=20_000, known_on=20_009))
    assert [(row[1], row[2], row[4]) for row in read("place_days")] == [(20_000, 0, 1), (20_000, 20_009, 1)]


def test_a_reading_holds_its_days_and_places_only(lake: Path) -> None:
    put(*(Event(day, day=day, place=day % 3) for day in range(19_968, 20_096)))
    for _ in range(2):
        assert {row[1] for row in read("place_days", day_from=20_000, day_to=20_003)} == {
            20_000,
            20_001,
            20_002,
            20_003,
        }
        assert {row[0] for row in read("place_days", places=[1, 2])} == {1, 2}
        assert read("place_days", places=[]) == []
        assert {row[3] for row in read("actor_blocks", day_from=20_000, day_to=20_003)} == {312}
        assert len(read("actor_blocks", day_from=20_031, day_to=20_032)) == 6
        fold.fold(NOW)


def test_many_places_are_read_as_few_are(lake: Path) -> None:
    put(*(Event(n, place=n) for n in range(1, 30)))
    for _ in range(2):
        assert {row[0] for row in read("place_days", places=range(5, 5_000))} == set(range(5, 30))
        fold.fold(NOW)


def test_an_absurd_value_stops_nobody(lake: Path) -> None:
    largest = 2**63 - 1
    put(Event(1, value=largest, count=largest), Event(2, value=largest, count=largest))
    fold.fold(NOW)
    assert [(row[5], row[7]) for row in read("feature_days")] == [(largest, largest)]


def test_merging_bounds_the_number_of_files(lake: Path) -> None:
    for n in range(30):
        put(Event(n, day=20_000 + n % 50))
        fold.fold(NOW)
        while merge.merge(NOW):
            pass
    standing = Piece.objects.filter(retired_at=None)
    assert {row["table"] for row in standing.values("table")} == set(merge.TOGETHER)
    assert standing.count() < 60
    assert sum(row[4] for row in read("place_days")) == 30
