"""What calls tell of people and customers reaches the people and accounts we know, late or not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstwin.accounts.models import Account, AccountExternalId, Domain, Membership, Person
from firstwin.core.errors import NotAllowed
from firstwin.people.models import User
from firstwin.people.undo import offer_undo, use_undo
from firstwin.usage.actions.places import ignore_place, mean, open_from_place
from firstwin.usage.compact.placing import FIRST_DAY, LAST_DAY, homes_of
from firstwin.usage.compact.rows import rows_of
from firstwin.usage.compact.sweep import sweep_names
from firstwin.usage.lake.days import number_at
from firstwin.usage.models import Source
from firstwin.usage.store.models import Actor, Place, Touched
from firstwin.usage.tests.test_compact_rows import arrived

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def source() -> Source:
    return Source.objects.create(key="app", name="App", recorded_at=NOW)


def say(source: Source, *calls: dict[str, Any]) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = rows_of([arrived(source, {"batch": list(calls)}, at=NOW)], now=NOW).table.to_pylist()
    return listed


def identify(**traits: str) -> dict[str, Any]:
    return {"type": "identify", "userId": "u1", "traits": traits, "timestamp": "2026-03-09T10:00:00Z"}


def group(key: str = "c-1", at: str = "2026-03-09T10:00:01Z", **traits: str) -> dict[str, Any]:
    return {"type": "group", "userId": "u1", "groupId": key, "traits": traits, "timestamp": at}


def account(key: str, external_id: str = "", source: str = "app") -> Account:
    made = Account.objects.create(key=key, name=key, recorded_at=NOW)
    if external_id:
        AccountExternalId.objects.create(
            account=made, source=source, external_id=external_id, recorded_at=NOW, seen_at=NOW
        )
    return made


def test_somebody_told_of_joins_the_account_they_are_at(source: Source) -> None:
    acme = account("acme", "c-1")
    say(source, identify(name="Ada L", email="ada@acme.test", team="Sales"))
    assert not Person.objects.exists()
    say(source, group())  # only now is it known where she is
    person = Person.objects.get()
    assert (person.name, person.email, person.source) == ("Ada L", "ada@acme.test", "app")
    joined = Membership.objects.get()
    assert (joined.account, joined.valid_from) == (acme, datetime(2026, 3, 9, 10, 0, 1, tzinfo=UTC))
    assert Actor.objects.get(key="u:u1").person == person.pk
    assert Touched.objects.get().account == acme.pk


def test_somebody_known_by_address_is_not_added_again(source: Source) -> None:
    account("acme", "c-1")
    known = Person.objects.create(name="Ada", email="ADA@acme.test", email_folded="ada@acme.test", recorded_at=NOW)
    say(source, identify(name="Ada L", email="Ada@Acme.test"), group())
    assert Person.objects.get() == known
    assert Actor.objects.get(key="u:u1").person == known.pk
    known.refresh_from_db()
    assert known.name == "Ada"


def test_a_source_that_may_not_add_people_only_finds_them(source: Source) -> None:
    Source.objects.update(adds_people=False)
    account("acme", "c-1")
    say(source, identify(name="Ada L", email="ada@acme.test"), group())
    assert not Person.objects.exists() and not Membership.objects.exists()


@pytest.mark.parametrize("how", ["external_id", "key", "domain"])
def test_a_customer_is_found_by_what_it_is_called(source: Source, how: str) -> None:
    acme = account("c-1" if how == "key" else "acme", "c-1" if how == "external_id" else "", source="crm")
    Domain.objects.create(account=acme, name="acme.test", recorded_at=NOW)
    say(source, group(website="https://www.acme.test/" if how == "domain" else ""))
    assert Place.objects.values_list("account", "how").get(key="c-1") == (acme.pk, how)


def test_a_name_that_means_two_accounts_means_none(source: Source) -> None:
    for key in ("one", "two"):
        Domain.objects.create(account=account(key), name="acme.test", recorded_at=NOW)
    say(source, group(website="acme.test"))
    assert Place.objects.get().account is None


def test_accounts_are_opened_by_sources_that_may(source: Source) -> None:
    say(source, group(name="Acme Corp", website="acme.test"))
    assert not Account.objects.exists()
    Source.objects.update(adds_accounts=True)
    assert sweep_names(NOW)
    opened = Account.objects.get()
    assert (opened.name, Place.objects.get().account) == ("Acme Corp", opened.pk)
    assert list(opened.domains.values_list("name", flat=True)) == ["acme.test"]


def test_accounts_added_later_get_the_places_and_people_that_waited(source: Source) -> None:
    say(source, identify(name="Ada L", email="ada@acme.test"), group())
    assert not sweep_names(NOW)
    acme = account("acme", "c-1")
    assert sweep_names(NOW)
    assert (Place.objects.get().account, Person.objects.count()) == (acme.pk, 1)
    assert [home[1:] for home in homes_of([Actor.objects.get().pk])] == [(acme.pk, FIRST_DAY, LAST_DAY)]


def test_homes_follow_moves_and_reach_back(source: Source) -> None:
    first, second = account("one", "c-1"), account("two", "c-2")
    say(source, group("c-1", "2026-03-02T10:00:00Z"), group("c-2", "2026-03-05T10:00:00Z"))
    actor = Actor.objects.get().pk
    moved = number_at(datetime(2026, 3, 5, 10, tzinfo=UTC))
    assert [home[1:] for home in homes_of([actor])] == [
        (first.pk, FIRST_DAY, moved - 1),
        (second.pk, moved, LAST_DAY),
    ]
    assert homes_of([actor], known_by=NOW - timedelta(days=1)) == []


def test_an_event_without_a_customer_belongs_to_where_its_person_works(source: Source) -> None:
    acme = account("acme")
    ada = Person.objects.create(name="Ada", email="a@acme.test", email_folded="a@acme.test", recorded_at=NOW)
    began = NOW - timedelta(days=30)
    times = {"valid_from": began, "known_at": began, "recorded_at": began, "stated_at": began}
    Membership.objects.create(person=ada, account=acme, **times)
    track = {"type": "track", "event": "Used", "userId": "u1", "timestamp": "2026-03-09T11:00:00Z"}
    row = say(source, identify(email="a@acme.test"), track)[1]
    place = Place.objects.get(source=0)
    assert (row["place"], place.key, place.account) == (place.pk, f"account:{acme.pk}", acme.pk)


def test_before_signing_in_somebody_is_the_user_they_sign_in_as(source: Source) -> None:
    acme = account("acme", "c-1")
    nobody = {"type": "track", "event": "Seen", "anonymousId": "x", "timestamp": "2026-03-01T00:00:00Z"}
    say(source, nobody)
    say(source, {**identify(email="a@acme.test"), "anonymousId": "x"}, group())
    user, anonymous = Actor.objects.get(key="u:u1"), Actor.objects.get(key="a:x")
    assert anonymous.same_as == user.pk
    assert [home.account for home in homes_of([anonymous.pk])] == [acme.pk]


def test_a_person_says_which_account_a_place_is_and_takes_it_back(source: Source, operations: User) -> None:
    say(source, group(name="Acme"))
    acme, place = account("acme"), Place.objects.get()
    payload = mean(by=operations, place=place, account=acme, now=NOW)
    assert Place.objects.values_list("account", "how").get() == (acme.pk, "chosen")
    undo = offer_undo(by=operations, verb="place.meant", payload=payload, says="It is Acme", now=NOW)
    use_undo(by=operations, pk=undo.pk, now=NOW)
    assert Place.objects.values_list("account", "how").get() == (None, "")


def test_what_a_person_said_stands_above_names(source: Source, operations: User) -> None:
    say(source, group())
    mean(by=operations, place=Place.objects.get(), account=None, now=NOW)
    account("acme", "c-1")
    sweep_names(NOW)
    assert Place.objects.get().account is None


def test_a_place_becomes_an_account_or_is_left_out(source: Source, operations: User) -> None:
    say(source, group(website="acme.test"), group("c-2", "2026-03-09T12:00:00Z"))
    first, second = Place.objects.order_by("key")
    open_from_place(by=operations, place=first, name="Acme", now=NOW)
    opened = Account.objects.get()
    assert list(opened.external_ids.values_list("source", "external_id")) == [("app", "c-1")]
    ignore_place(by=operations, place=second, now=NOW)
    assert list(Place.objects.order_by("key").values_list("account", "is_ignored")) == [
        (opened.pk, False),
        (None, True),
    ]


@pytest.mark.parametrize("who", ["owner", "viewer"])
def test_only_those_who_set_up_usage_decide_about_places(
    source: Source, who: str, request: pytest.FixtureRequest
) -> None:
    say(source, group())
    with pytest.raises(NotAllowed):
        ignore_place(by=request.getfixturevalue(who), place=Place.objects.get(), now=NOW)
