"""Metrics from roll-ups are those of a plain loop over the raw events, on any day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import few, thorough

from firstwin.accounts.actions.open_account import open_account
from firstwin.core.clock import end_of, start_of
from firstwin.usage.lake.days import number_of
from firstwin.usage.lake.fold import fold
from firstwin.usage.lake.schema import What
from firstwin.usage.metrics.population import usage_of
from firstwin.usage.models import FeatureMeaning, Means
from firstwin.usage.store.models import Actor, Place
from firstwin.usage.tests.raw import COMPARED, Raw, World, empty_lake, plainly, put

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
FIRST = date(2025, 3, 1)
IGNORED, CORE, ACTIVATES, WINS = 4, 5, 6, 7


@pytest.fixture
def world(owner: Any) -> World:
    """Three accounts; the second has two places, the third none; actor 3 is actor 2 under another name."""
    accounts = [open_account(by=owner, name=name, now=NOW).pk for name in ("One", "Two", "Three")]
    places: dict[int, int] = {}
    for key, account in (("a", accounts[0]), ("b", accounts[1]), ("c", accounts[1])):
        row = Place.objects.create(source=1, key=key, account=account, first_at=NOW, last_at=NOW)
        places[row.pk] = account
    Place.objects.create(source=1, key="nobody's", first_at=NOW, last_at=NOW)
    actors = [Actor.objects.create(source=1, key=f"u:{n}", first_at=NOW) for n in range(5)]
    Actor.objects.filter(pk=actors[3].pk).update(same_as=actors[2].pk)
    for feature, said in (
        (IGNORED, {"is_ignored": True}),
        (CORE, {"is_core": True}),
        (ACTIVATES, {"means": Means.ACTIVATION}),
        (WINS, {"means": Means.FIRST_WIN, "is_core": True}),
    ):
        FeatureMeaning.objects.create(feature=feature, known_at=start_of(FIRST), recorded_at=NOW, **said)
    return World(
        places, {actors[3].pk: actors[2].pk}, frozenset({IGNORED}), frozenset({CORE, WINS}), frozenset({ACTIVATES}),
        frozenset({WINS}),
    )  # fmt: skip


MOMENTS = st.integers(0, 440 * 24).map(lambda hours: datetime(2025, 3, 1, 0, 30, tzinfo=UTC) + timedelta(hours=hours))


@st.composite
def happenings(draw: Any) -> list[tuple[Any, ...]]:
    """(place, actor, feature, what, when, count, days late), places and actors by their order."""
    one = st.tuples(
        st.integers(0, 3),
        st.integers(0, 4),
        st.sampled_from([3, 3, 3, IGNORED, CORE, ACTIVATES, WINS]),
        st.sampled_from([What.TRACK] * 6 + [What.PAGE, What.IDENTIFY, What.AGGREGATE]),
        MOMENTS,
        st.integers(1, 40),
        st.sampled_from([0, 0, 0, 0, 3, 60]),
    )
    return draw(st.lists(one, max_size=60))  # type: ignore[no-any-return]


def as_raw(told: tuple[Any, ...], places: list[int], actors: list[int]) -> Raw:
    place, actor, feature, what, at, count, late = told
    is_aggregate = what == What.AGGREGATE
    day = number_of(Raw(0, 0, 0, at).day)
    return Raw(
        places[place],
        0 if is_aggregate else actors[actor],
        0 if what == What.IDENTIFY else feature,
        at,
        what,
        count if is_aggregate else 1,
        day + late if late > 1 else 0,
    )


@thorough
@settings(max_examples=few(7, many=100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=happenings(), on=st.integers(0, 445), cut=st.integers(0, 60), known=st.sampled_from([None, 0, 20]))
def test_every_metric_is_that_of_the_raw_events(world: World, told: Any, on: int, cut: int, known: int | None):
    empty_lake()
    places = sorted(world.accounts)
    places.append(places[-1] + 1)
    actors = sorted(Actor.objects.values_list("pk", flat=True))
    events = [as_raw(one, places, actors) for one in told]
    put(events[:cut], now=NOW)
    fold(NOW)
    put(events[cut:], now=NOW)  # waits: readers roll it up
    day = FIRST + timedelta(days=on)
    known_by = end_of(day + timedelta(days=known)) - timedelta(seconds=1) if known is not None else None
    found = usage_of(None, day, known_by=known_by, now=NOW)
    assert set(found) == set(usage_of(list(found), day, now=NOW))
    for account, usage in found.items():
        plain = plainly(events, world, account, day, number_of(day) + known if known is not None else None)
        assert {name: getattr(usage, name) for name in COMPARED} == {name: plain[name] for name in COMPARED}
        assert usage.stickiness == plain["stickiness"]
        if usage.basis in ("events", "both"):
            assert usage.last_seen_at == plain["last_seen_at"]
        if usage.trend is not None:
            assert str(len(plain["windows"])) in usage.trend_why
        alone = usage_of([account], day, known_by=known_by, now=NOW)
        assert repr(alone) == repr({account: usage})
