"""Merge two records of one human, and take that apart again."""

from datetime import timedelta

import pytest

from firstwin.accounts.actions.merging.people import merge_people, unmerge_people
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.people import add_person, edit_person
from firstwin.accounts.actions.receive import PersonSaid, receive_people
from firstwin.accounts.actions.touches import log_touch
from firstwin.accounts.models import AccountNow, Direction, Person, PersonAddress, PersonExternalId, TouchKind
from firstwin.accounts.references import Directory, Reference
from firstwin.accounts.tests.fixtures import NOW
from firstwin.core.errors import Conflict, NotFound, Refused
from firstwin.core.invariants import verify

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=3)
LATEST = NOW + timedelta(days=9)


def clean() -> list[str]:
    found = [finding for finding in verify(now=LATEST) if finding.invariant.key.startswith("accounts.")]
    return [problem for finding in found for problem in finding.problems]


@pytest.fixture
def ines(owner, acme) -> Person:
    return add_person(by=owner, account=acme, name="Ines Sol", email="ines@acme.example", now=NOW, title="Head")


@pytest.fixture
def twin(owner, acme) -> Person:
    """The same human under another address."""
    twin = add_person(by=owner, account=acme, name="I. Sol", email="sol@acme.example", phone="555", now=NOW, title="VP")
    PersonExternalId.objects.create(person=twin, source="crm", external_id="P-2", recorded_at=NOW, seen_at=NOW)
    return twin


def said(name: str, email: str, external_id: str = "") -> PersonSaid:
    return PersonSaid(row=1, external_id=external_id, known_at=LATEST, match_email=email, name=name, email=email)


def test_both_addresses_mean_the_one_who_stays(owner, acme, ines, twin):
    merge_people(by=owner, survivor=ines, absorbed=twin, now=LATER)
    assert (ines.email, ines.phone) == ("ines@acme.example", "555")
    assert list(PersonAddress.objects.values_list("person", "email")) == [(ines.pk, "sol@acme.example")]
    assert PersonExternalId.objects.get(external_id="P-2").person == ines
    found = Directory().find([Reference("person", "email", "SOL@acme.example")])
    assert list(found.values()) == [ines.pk]
    received = receive_people(said=[said("I. Sol", "sol@acme.example", "P-9")], source="mail", now=LATEST)
    assert (received.new, received.ids) == (set(), {1: ines.pk})
    again = add_person(by=owner, account=acme, name="Sol", email="sol@acme.example", now=LATEST)
    assert again == ines


def test_they_stand_once_in_the_account_and_keep_their_touches(owner, acme, ines, twin):
    touch = log_touch(
        by=owner, account=acme, kind=TouchKind.CALL, direction=Direction.BOTH, occurred_at=NOW, summary="Call",
        attendees=[ines, twin], now=NOW,
    )  # fmt: skip
    other = open_account(by=owner, name="Other", now=NOW)
    add_person(by=owner, account=other, name="Sol", email="sol@acme.example", now=NOW, roles_played=["doer"])
    merge_people(by=owner, survivor=ines, absorbed=twin, now=LATER)
    assert AccountNow.objects.get(account=acme).people_count == 1
    assert set(ines.memberships.open().values_list("account__name", flat=True)) == {"Acme", "Other"}
    assert list(ines.roles.values_list("role", flat=True)) == ["doer"]
    assert touch.attendance.filter(person=ines).count() == 1
    assert clean() == []


def test_taken_apart_both_are_who_they_were(owner, acme, ines, twin):
    before = sorted(Person.objects.values_list("pk", "name", "email", "phone", "removed_at"))
    merge = merge_people(by=owner, survivor=ines, absorbed=twin, now=LATER, choices={"email": "absorbed"})
    assert ines.email == "sol@acme.example"
    assert PersonAddress.objects.get().email == "ines@acme.example"
    unmerge_people(by=owner, merge=merge, now=LATEST)
    assert sorted(Person.objects.values_list("pk", "name", "email", "phone", "removed_at")) == before
    assert not PersonAddress.objects.exists()
    assert AccountNow.objects.get(account=acme).people_count == 2
    with pytest.raises(Refused, match="already"):
        unmerge_people(by=owner, merge=merge, now=LATEST)
    assert clean() == []


def test_what_makes_no_sense_is_refused(owner, stranger, ines, twin):
    with pytest.raises(Refused, match="themselves"):
        merge_people(by=owner, survivor=ines, absorbed=ines, now=LATER)
    with pytest.raises(NotFound):
        merge_people(by=stranger, survivor=ines, absorbed=twin, now=LATER)
    seen = (ines.edition, twin.edition)
    edit_person(by=owner, person=twin, now=NOW, edition=1, name="Sol", email="sol@acme.example", phone="")
    with pytest.raises(Conflict):
        merge_people(by=owner, survivor=ines, absorbed=twin, now=LATER, editions=seen)
    merge_people(by=owner, survivor=ines, absorbed=twin, now=LATER)
    with pytest.raises(Refused, match="already"):
        merge_people(by=owner, survivor=ines, absorbed=twin, now=LATER)


def test_a_source_that_keeps_two_records_does_not_rename_them_back_and_forth(owner, acme):
    first = said("Ines Sol", "ines@acme.example", "P-1")
    second = PersonSaid(
        row=2, external_id="P-2", known_at=NOW, match_email="sol@acme.example", name="Sol", email="sol@acme.example"
    )
    ids = receive_people(said=[first, second], source="crm", now=NOW).ids
    one, two = Person.objects.get(pk=ids[1]), Person.objects.get(pk=ids[2])
    merge_people(by=None, survivor=one, absorbed=two, now=LATER)
    received = receive_people(said=[second], source="crm", now=LATEST)
    one.refresh_from_db()
    assert received.ids == {2: one.pk}
    assert (one.name, one.email) == ("Ines Sol", "ines@acme.example")
