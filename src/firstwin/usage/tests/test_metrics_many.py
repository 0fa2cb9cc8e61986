"""Many days asked together say what each of them says when asked alone."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account
from firstwin.core.clock import end_of
from firstwin.revenue.models import Product, SubscriptionLine
from firstwin.usage.lake.days import number_of
from firstwin.usage.lake.fold import fold
from firstwin.usage.lake.schema import What
from firstwin.usage.metrics import many
from firstwin.usage.metrics.columns import Columns
from firstwin.usage.metrics.many import columns_on
from firstwin.usage.metrics.population import columns_of
from firstwin.usage.models import FeatureMeaning, Means
from firstwin.usage.store.models import Actor, ActorTrait, Place, Residence
from firstwin.usage.tests.raw import Raw, empty_lake, put

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
FIRST = date(2025, 3, 1)
IGNORED_LATER, CORE, WINS = 4, 5, 6


@pytest.fixture
def company(owner: Any) -> tuple[list[int], list[int], list[int]]:
    """(accounts, places, actors) with lines, traits, a name ignored since a day, and somebody placed late."""
    accounts = [open_account(by=owner, name=name, now=NOW).pk for name in ("One", "Two", "Three")]
    places = [
        Place.objects.create(source=1, key=key, account=account, first_at=NOW, last_at=NOW).pk
        for key, account in (("a", accounts[0]), ("b", accounts[1]), ("c", accounts[1]))
    ]
    actors = [Actor.objects.create(source=1, key=f"u:{n}", first_at=NOW).pk for n in range(5)]
    Actor.objects.filter(pk=actors[3]).update(same_as=actors[2])
    for n, actor in enumerate(actors):
        for kind in ("team", "site"):
            ActorTrait.objects.create(actor=actor, kind=kind, value=f"{n % 2}", from_at=at(60 * n), known_at=at(80 * n))
    Residence.objects.create(actor=actors[4], place=places[2], from_at=at(10), known_at=at(150))
    product = Product.objects.create(key="desk", name="Desk", name_folded="desk", recorded_at=NOW)
    for n, account in enumerate(accounts[:2]):
        for start in (0, 90):
            SubscriptionLine.objects.create(
                account_id=account, product=product if n else None, quantity=4 + start, currency="EUR", source="crm",
                starts_on=FIRST + timedelta(days=start), ends_on=FIRST + timedelta(days=start + 120),
                known_at=at(start), recorded_at=NOW, stated_at=at(start), external_id=f"{n}-{start}",
            )  # fmt: skip
    for feature, said, known in (
        (IGNORED_LATER, {"is_ignored": True}, 120),
        (CORE, {"is_core": True, "product": product}, 0),
        (WINS, {"means": Means.FIRST_WIN, "is_core": True}, 40),
    ):
        FeatureMeaning.objects.create(feature=feature, known_at=at(known), recorded_at=NOW, **said)
    return accounts, places, actors


def at(days: float) -> datetime:
    return datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC) + timedelta(days=days)


HAPPENINGS = st.lists(
    st.tuples(
        st.integers(-1, 2),
        st.integers(0, 4),
        st.sampled_from([3, 3, IGNORED_LATER, CORE, WINS]),
        st.sampled_from([What.TRACK] * 5 + [What.IDENTIFY, What.AGGREGATE]),
        st.integers(0, 200 * 24),
        st.integers(1, 40),
        st.sampled_from([0, 0, 0, 3, 60]),
    ),
    max_size=50,
)


def as_raw(told: tuple[Any, ...], places: list[int], actors: list[int]) -> Raw:
    place, actor, feature, what, hours, count, late = told
    is_aggregate = what == What.AGGREGATE
    moment = at(hours / 24)
    known_on = number_of(Raw(0, 0, 0, moment).day) + late if late else 0
    where = places[place] if place >= 0 else 0
    return Raw(
        where, 0 if is_aggregate else actors[actor], feature, moment, what, count if is_aggregate else 1, known_on
    )


def same(one: Columns, other: Columns) -> None:
    for field in fields(Columns):
        mine, yours = getattr(one, field.name), getattr(other, field.name)
        if field.name == "bought":
            for part in fields(mine):
                np.testing.assert_array_equal(getattr(mine, part.name), getattr(yours, part.name), part.name)
        elif isinstance(mine, np.ndarray):
            assert (mine.dtype, mine.tobytes()) == (yours.dtype, yours.tobytes()), field.name
        else:
            assert mine == yours


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=HAPPENINGS,
    days=st.lists(st.integers(0, 210), min_size=1, max_size=4, unique=True),
    known=st.sampled_from([None, 0, 20]),
    cut=st.integers(0, 50),
)
def test_many_days_say_what_each_says_alone(company: Any, told: Any, days: list[int], known: int | None, cut: int):
    empty_lake()
    accounts, places, actors = company
    events = [as_raw(one, places, actors) for one in told]
    put(events[:cut], now=NOW)
    fold(NOW)
    put(events[cut:], now=NOW)  # waits: readers roll it up
    asked = [FIRST + timedelta(days=day) for day in days]
    moments = None if known is None else [end_of(day + timedelta(days=known)) - timedelta(seconds=1) for day in asked]
    found = columns_on(accounts, asked, known_by=moments, now=NOW)
    assert list(found) == asked
    for n, day in enumerate(asked):
        same(found[day], columns_of(accounts, day, known_by=moments[n] if moments else None, now=NOW))


def test_accounts_are_read_some_at_a_time(company: Any, monkeypatch: pytest.MonkeyPatch):
    accounts, places, actors = company
    put([Raw(places[n % 3], actors[n % 5], CORE, at(n)) for n in range(120)], now=NOW)
    days = [FIRST + timedelta(days=day) for day in (30, 64, 100)]
    whole = columns_on(None, days, now=NOW)
    monkeypatch.setattr(many, "AT_ONCE", 2)
    for day, found in columns_on(None, days, now=NOW).items():
        assert found.accounts.tolist() == accounts
        same(found, whole[day])
        same(found, columns_of(None, day, now=NOW))


def test_nothing_is_asked_of_no_day_and_nobody_has_no_rows(acme: Account):
    assert columns_on([acme.pk], [], now=NOW) == {}
    assert len(columns_on([], [FIRST], now=NOW)[FIRST]) == 0


def test_each_day_has_its_moment(acme: Account):
    with pytest.raises(ValueError, match="shorter"):
        columns_on([acme.pk], [FIRST, FIRST + timedelta(days=1)], known_by=[NOW], now=NOW)
