"""People read part after part, as those of an account with millions of them are, make the figures they make at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.examples import few, thorough

from firstwin.core.clock import end_of
from firstwin.usage.lake import fold
from firstwin.usage.lake.schema import What
from firstwin.usage.metrics import parts
from firstwin.usage.metrics.account import usage_for
from firstwin.usage.metrics.crowd import crowd_of, everyone
from firstwin.usage.metrics.many import columns_on
from firstwin.usage.metrics.people import people_of
from firstwin.usage.metrics.population import columns_of
from firstwin.usage.metrics.weeks import weekly
from firstwin.usage.store.models import Actor, ActorTrait
from firstwin.usage.tests import test_metrics_many as world
from firstwin.usage.tests.raw import Raw, empty_lake, put

company = world.company
NOW, FIRST = world.NOW, world.FIRST


@contextmanager
def divided(rows: int = 2) -> Iterator[None]:
    """Parts of so many rows, however few there are."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("MOST", 0), ("MOST_OF_ALL", 0), ("AT_ONCE", rows), ("_STEP", 0)):
            patch.setattr(parts, name, value)
        patch.setattr("firstwin.usage.metrics.opening.MOST", 0)
        yield


def figures(accounts: list[int], on: date, known_by: Any) -> Any:
    """All that is told of people."""
    return [
        [asdict(usage_for(pk, on, known_by=known_by, now=NOW)) for pk in accounts],
        [[asdict(one) for one in people_of(pk, on, NOW, known_by=known_by)] for pk in accounts],
        [weekly(pk, on, 60, known_by=known_by) for pk in accounts],
    ]


@thorough
@settings(max_examples=few(6, many=80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=world.HAPPENINGS,
    day=st.integers(0, 210),
    known=st.sampled_from([None, 0, 20]),
    cut=st.integers(0, 50),
    rows=st.integers(1, 5),
)
def test_parts_make_the_same_figures(company: Any, told: Any, day: int, known: int | None, cut: int, rows: int):
    empty_lake()
    accounts, places, actors = company
    events = [world.as_raw(one, places, actors) for one in told]
    put(events[:cut], now=NOW)
    fold.fold(NOW)
    put(events[cut:], now=NOW)  # waits: readers roll it up
    on = FIRST + timedelta(days=day)
    known_by = None if known is None else end_of(on + timedelta(days=known)) - timedelta(seconds=1)
    moments = None if known_by is None else [known_by]
    whole = figures(accounts, on, known_by), columns_of(None, on, known_by=known_by, now=NOW)
    with divided(rows):
        assert figures(accounts, on, known_by) == whole[0]
        world.same(columns_of(None, on, known_by=known_by, now=NOW), whole[1])
        world.same(columns_on(None, [on], known_by=moments, now=NOW)[on], whole[1])


@pytest.fixture
def crowd(company: Any) -> int:
    """An account with forty people of the most various habits; some are two names of one, some told a team."""
    accounts, places, actors = company
    actors = [*actors, *(Actor.objects.create(source=1, key=f"a:{n}", first_at=NOW).pk for n in range(40))]
    for n in range(10, 20):
        Actor.objects.filter(pk=actors[n]).update(same_as=actors[n - 1 if n % 3 else n + 5])
        ActorTrait.objects.create(
            actor=actors[n], kind="team", value=f"Team {n % 4}", from_at=world.at(n), known_at=world.at(n)
        )
    put([Raw(places[n % 2], actors[n % 45], 3 + n % 4, world.at(n * n % 200 + n / 90)) for n in range(400)], now=NOW)
    put([Raw(places[0], 0, 3, world.at(150), What.AGGREGATE, 7)], now=NOW)
    return int(accounts[0])


@pytest.mark.parametrize("by", ["-often", "days", "-days", "state", "-change", "features", "-first", "last"])
def test_the_first_of_a_crowd_are_those_of_everyone(crowd: int, by: str):
    on = FIRST + timedelta(days=190)
    people = people_of(crowd, on, NOW)
    assert len(people) > 20
    with divided(40):
        found = crowd_of(crowd, on, by=by, most=9)
        since = sorted(one.last_seen_at for one in people)[12]
        late = crowd_of(crowd, on, by="often", most=3, since=since)
        lapsed = crowd_of(crowd, on, by=by, most=100, state="lapsed")
        all_of_them = [one for some in everyone(crowd, on) for one in some]
    key = KEYS[by.removeprefix("-")]
    expected = sorted(sorted(people, key=lambda one: one.actor), key=key, reverse=by.startswith("-"))
    assert found.first == expected[:9]
    assert (found.all, found.count, sum(found.counts.values())) == (len(people),) * 3
    assert late.count == sum(one.last_seen_at >= since for one in people)
    assert lapsed.first == [one for one in expected if one.state == "lapsed"]
    assert lapsed.count == len(lapsed.first) == lapsed.counts["lapsed"] > 0
    assert all_of_them and sorted(all_of_them, key=lambda one: one.actor) == sorted(people, key=lambda one: one.actor)


KEYS: dict[str, Any] = {
    "often": lambda one: (one.days_28, one.last_seen_at),
    "days": lambda one: (one.days_28, one.events_28),
    "state": lambda one: ({"lapsed": 0, "new": 1, "active": 2}[one.state], -one.last_seen_at.timestamp()),
    "change": lambda one: (one.days_28 - one.days_28_before, -one.days_28_before),
    "features": lambda one: one.features_28,
    "first": lambda one: one.first_seen_at,
    "last": lambda one: one.last_seen_at,
}


def test_teams_are_counted_over_all_parts(crowd: int):
    on = FIRST + timedelta(days=199)
    whole = usage_for(crowd, on, now=NOW)
    assert whole.teams_28 == 2
    with divided(1):
        assert usage_for(crowd, on, now=NOW) == whole
