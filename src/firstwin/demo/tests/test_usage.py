"""The use of the demo's customers: the same every time, believable, and as the stories tell."""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest
from django.db.models import F

from firstwin.accounts.models import Account, AccountNow, Person
from firstwin.core import clock
from firstwin.demo.company import Company, Customer
from firstwin.demo.load import Loaded
from firstwin.demo.stories import STORIES
from firstwin.demo.usage_course import Course, course_of
from firstwin.demo.usage_days import Days, number_of
from firstwin.demo.usage_events import Use, use_of
from firstwin.demo.usage_sparse import few_of
from firstwin.demo.usage_strangers import STRANGERS
from firstwin.demo.usage_words import ACTIVATION, FEATURES, FIRST_WIN, PLAN
from firstwin.usage.catalogue import meanings
from firstwin.usage.lake.reading import reading
from firstwin.usage.models import Source, WriteKey
from firstwin.usage.store.models import Actor, EventName, Place, Rejected, SourceHour

AS_OF = date(2026, 3, 16)
NAMES = {story.key: story.name for story in STORIES}


@cache
def company() -> tuple[Company, dict[str, Customer]]:
    made = Company(seed=7, as_of=AS_OF, accounts=60)
    return made, {one.script.name: one for block in made.blocks() for one in block}


@cache
def days() -> Days:
    return Days.up_to(AS_OF)


def course(name: str) -> Course:
    made, customers = company()
    one = customers[name]
    return course_of(made.seed, one.script, one.deal, one.contacts, AS_OF)


@cache
def use(name: str) -> Use:
    made, customers = company()
    one = customers[name]
    return use_of(made.seed, one.script.number, course(name), one.deal, one.contacts, days())


def weekly(name: str, ago: int) -> int:
    """People active in the four weeks that ended so many days ago."""
    found, end = use(name), number_of(AS_OF) - ago
    rows = (found.day < end) & (found.day >= end - 28) & (found.feature >= 0)
    return len(np.unique(found.seat[rows]))


def events(name: str, ago: int) -> int:
    found, end = use(name), number_of(AS_OF) - ago
    return int(((found.day < end) & (found.day >= end - 28) & (found.feature >= 0)).sum())


def test_the_same_seed_gives_the_same_events() -> None:
    name = NAMES["model"]
    again = use.__wrapped__(name)
    for column in ("seat", "feature", "day", "ts", "received"):
        assert np.array_equal(getattr(use(name), column), getattr(again, column))


@pytest.mark.parametrize("name", [*NAMES.values()])
def test_events_lie_before_the_end_and_arrive_after_they_happened(name: str) -> None:
    found, end = use(name), int(days().starts[-1])
    assert len(found) and (found.ts < end).all() and (found.received < end).all() and (found.received >= found.ts).all()
    if number_of(AS_OF) - 200 in found.day:
        working = np.isin((found.day + 3) % 7, range(5))  # 1970-01-01 was a Thursday
        assert working.mean() > 0.6


@pytest.mark.parametrize("name", [*NAMES.values()])
def test_nobody_uses_what_was_not_bought(name: str) -> None:
    _, customers = company()
    bought = {line.product for line in customers[name].deal.lines}
    used = {FEATURES[feature].product for feature in np.unique(use(name).feature) if feature >= 0}
    assert used <= bought | {PLAN}


@pytest.mark.parametrize("name", [*NAMES.values()])
def test_milestones_stand_on_their_days(name: str) -> None:
    told, found = course(name), use(name)
    for feature, day in ((ACTIVATION, told.activated_on), (FIRST_WIN, told.first_win_on)):
        seen = found.day[found.feature == feature]
        assert (int(seen.min()) if len(seen) else None) == (number_of(day) if day else None)


def test_use_goes_as_the_stories_tell() -> None:
    decline = NAMES["quiet-decline"]
    assert events(decline, 0) < 0.4 * events(decline, 250)
    assert events(NAMES["champion-arrived"], 0) > 1.4 * events(NAMES["champion-arrived"], 110)
    assert events(NAMES["ticket-storm"], 0) < 0.85 * events(NAMES["ticket-storm"], 90)
    assert events(NAMES["win-back"], 250) == 0 < events(NAMES["win-back"], 500)
    assert weekly(NAMES["model"], 0) >= weekly(NAMES["model"], 500)
    assert course(NAMES["family-lakeside"]).first_win_on is None
    assert {seat.contact for seat in use(NAMES["model"]).seats if seat.contact is not None} == set(range(6))


def test_a_champion_who_left_is_seen_no_more() -> None:
    _, customers = company()
    customer = customers[NAMES["champion-moved"]]
    place = next(n for n, contact in enumerate(customer.contacts) if contact.left_on)
    found = use(customer.script.name)
    seat = next(n for n, one in enumerate(found.seats) if one.contact == place)
    left_on = customer.contacts[place].left_on
    seen = found.day[found.seat == seat]
    assert left_on and len(seen) and seen.max() < number_of(left_on)


def test_a_very_large_company_has_a_little_for_everybody() -> None:
    made, customers = company()
    for one in list(customers.values())[:20]:
        told = course_of(made.seed, one.script, one.deal, one.contacts, AS_OF)
        found = few_of(made.seed, one.script.number, told, one.contacts, days())
        assert len(found) < 30 and (found.ts < days().starts[-1]).all()


# What is stored.


@pytest.mark.django_db
def test_events_are_stored_with_their_names_and_places(fernhill: Loaded) -> None:
    with reading(day_from=0, day_to=100_000, tables=("events",)) as connection:
        rows = connection.execute("select place, count(*), max(ts) from events group by 1").fetchall()
    counted = {place: many for place, many, _ in rows}
    assert sum(counted.values()) == fernhill.events
    assert counted == dict(Place.objects.filter(source=Source.objects.get().pk).values_list("pk", "events"))
    assert {row.key for row in Place.objects.filter(account=None)} == {key for key, *_ in STRANGERS}
    assert set(Place.objects.exclude(account=None).values_list("account", flat=True)) <= set(
        Account.objects.values_list("pk", flat=True)
    )
    people = set(Actor.objects.exclude(person=None).values_list("person", flat=True))
    assert len(people) > 100 and people <= set(Person.objects.values_list("pk", flat=True))
    assert WriteKey.objects.get().source.key == "fernhill-app"
    assert SourceHour.objects.exists() and Rejected.objects.count() == 4


@pytest.mark.django_db
def test_names_mean_what_fernhill_says(fernhill: Loaded) -> None:
    numbers = dict(EventName.objects.values_list("pk", "name"))
    found = {numbers[pk]: meaning for pk, meaning in meanings().items()}
    by_sense: dict[str, set[str]] = defaultdict(set)
    for name, meaning in found.items():
        for sense in [meaning.means, "core" * meaning.is_core, "noise" * meaning.is_ignored]:
            by_sense[sense].add(name)
    assert by_sense["activation"] == {"Schedule published"} and by_sense["first_win"] == {"Backlog cleared"}
    assert "Signed in" in by_sense["noise"] and "Checklist edited" not in by_sense["core"]
    a_year_ago = {numbers[pk]: meaning for pk, meaning in meanings(clock.now() - timedelta(days=365)).items()}
    assert a_year_ago["Checklist edited"].is_core


@pytest.mark.django_db
def test_list_rows_say_it(fernhill: Loaded) -> None:
    row: Any = AccountNow.objects.get(name=NAMES["model"])
    assert row.people_active_28 > 20 and row.habit_weeks == 12 and row.first_win_on > row.activated_on
    assert row.activated_on >= row.customer_since_on
    assert AccountNow.objects.get(name=NAMES["family-lakeside"]).first_win_on is None
    assert not AccountNow.objects.filter(activated_on__lt=F("customer_since_on")).exists()
