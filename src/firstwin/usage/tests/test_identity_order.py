"""Who is whom, and where, comes out the same in whatever order calls arrive, and however often."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.examples import few, thorough

from firstwin.usage.compact.placing import places_at
from firstwin.usage.compact.rows import rows_of
from firstwin.usage.models import Source
from firstwin.usage.store.models import Actor, ActorTrait, EventName, Inbox, Link, Place, Residence
from firstwin.usage.store.router import EVENTS
from firstwin.usage.tests.test_compact_rows import arrived

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, tzinfo=UTC)
START = datetime(2026, 3, 1, tzinfo=UTC)

users, nobodies = st.sampled_from(["u1", "u2", "u3"]), st.sampled_from(["x1", "x2"])
groups = st.sampled_from(["g1", "g2"])


@st.composite
def calls(draw: st.DrawFn, groups: st.SearchStrategy[str]) -> list[dict[str, Any]]:
    """Calls at distinct moments, each with its id."""
    minutes = draw(st.lists(st.integers(0, 8 * 24 * 60), min_size=1, max_size=12, unique=True))
    return [
        {**draw(_call(groups)), "messageId": str(n), "timestamp": (START + timedelta(minutes=at)).isoformat()}
        for n, at in enumerate(minutes)
    ]


@st.composite
def _call(draw: st.DrawFn, groups: st.SearchStrategy[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(["track", "track", "identify", "group", "alias"]))
    if kind == "alias":
        return {"type": kind, "previousId": draw(users | nobodies), "userId": draw(users)}
    who = draw(st.sampled_from([("userId",), ("anonymousId",), ("userId", "anonymousId")]))
    said: dict[str, Any] = {name: draw(users if name == "userId" else nobodies) for name in who}
    if kind == "track":
        named = draw(st.none() | groups)
        return {"type": kind, "event": "Used", **said, **({"groupId": named} if named else {})}
    traits = {"name": draw(st.sampled_from(["A", "B"])), "email": draw(st.sampled_from(["a@x.test", "b@x.test"]))}
    if kind == "identify":
        return {"type": kind, **said, "traits": {**traits, "team": draw(st.sampled_from(["S", "T"]))}}
    return {"type": kind, **said, "groupId": draw(groups), "traits": {**traits, "website": "x.test"}}


class _Undone(Exception):
    pass


def outcome(cycles: Sequence[Sequence[list[dict[str, Any]]]]) -> tuple[Any, Any]:
    """What is known in the end, in names, and the distinct events, when batches arrive in these cycles."""
    try:
        with transaction.atomic(), transaction.atomic(using=EVENTS):
            source = Source.objects.create(pk=1, key="app", name="App", recorded_at=START)  # it goes into keys
            tables = []
            for batches in cycles:
                tables.append(rows_of([arrived(source, {"batch": some}, at=NOW) for some in batches], now=NOW).table)
                Inbox.objects.all().delete()
            found = known(), events(tables)
            raise _Undone
    except _Undone:
        return found


def known() -> Any:
    actors = dict(Actor.objects.values_list("pk", "key"))
    places = dict(Place.objects.values_list("pk", "key"))
    return (
        sorted(
            (key, actors.get(same_as or 0), name, email, first)
            for key, same_as, name, email, first in Actor.objects.values_list(
                "key", "same_as", "name", "email", "first_at"
            )
        ),
        sorted((actors[a], places[p], at) for a, p, at in Residence.objects.values_list("actor", "place", "from_at")),
        sorted((actors[a], *rest) for a, *rest in ActorTrait.objects.values_list("actor", "kind", "value", "from_at")),
        sorted((actors[a], actors[o], at) for a, o, at in Link.objects.values_list("actor", "other", "from_at")),
        sorted(Place.objects.values_list("key", "name", "domain", "said_at", "first_at")),
        sorted(EventName.objects.values_list("kind", "name")),
    )


def events(tables: Sequence[Any]) -> Any:
    actors = dict(Actor.objects.values_list("pk", "key"))
    places = dict(Place.objects.values_list("pk", "key"))
    found = set()
    for table in tables:
        place = table.column("place").to_numpy().copy()
        ts = table.column("ts").cast("int64").to_numpy()
        actor = table.column("actor").to_numpy()
        lost = np.flatnonzero(place == 0)
        place[lost] = places_at(actor[lost], ts[lost])  # as readers do it later
        for row, (a, p) in enumerate(zip(actor.tolist(), place.tolist(), strict=True)):
            found.add((table.column("k1")[row].as_py(), actors.get(a), places.get(p), int(ts[row])))
    return found


def shuffled(draw: Any, said: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The calls in another order, some twice, cut into batches."""
    order = draw(st.permutations([*said, *draw(st.lists(st.sampled_from(said), max_size=4))]))
    cut = draw(st.integers(1, len(order)))
    return [order[n : n + cut] for n in range(0, len(order), cut)]


FEW = settings(
    max_examples=few(8, many=100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@thorough
@FEW
@given(data=st.data(), said=calls(groups))
def test_within_one_cycle_the_order_says_nothing(data: st.DataObject, said: list[dict[str, Any]]) -> None:
    assert outcome([shuffled(data.draw, said)]) == outcome([[said]])


@thorough
@FEW
@given(data=st.data(), said=calls(groups))
def test_what_is_known_in_the_end_is_the_same_over_many_cycles(data: st.DataObject, said: list[dict[str, Any]]) -> None:
    assert outcome([[some] for some in shuffled(data.draw, said)])[0] == outcome([[said]])[0]


@thorough
@FEW
@given(data=st.data(), said=calls(st.just("g1")))
def test_events_that_came_before_their_person_was_known_end_in_the_same_place(
    data: st.DataObject, said: list[dict[str, Any]]
) -> None:
    assume(_names_are_clear(said))
    assert outcome([[some] for some in shuffled(data.draw, said)]) == outcome([[said]])


def _names_are_clear(said: list[dict[str, Any]]) -> bool:
    """Nobody is said to be two users: whose home counts then is decided by what was known when an event came."""
    told = [(call.get("previousId") or call.get("anonymousId"), call.get("userId")) for call in said]
    pairs = {(name, user) for name, user in told if name and user and name != user}
    return len({name for name, _ in pairs}) == len(pairs)
