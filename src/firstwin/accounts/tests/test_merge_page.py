"""Merge from the account page, from the list and from a person; what others see."""

from datetime import timedelta

import pytest

from firstwin.accounts.actions.merging.accounts import merge_accounts
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.people import add_person
from firstwin.accounts.actions.set_attributes import set_attributes
from firstwin.accounts.models import Account, Attribute, Merge, PersonMerge
from firstwin.accounts.tests.fixtures import NOW
from firstwin.core import clock
from firstwin.people.models import Undo

pytestmark = pytest.mark.django_db


@pytest.fixture
def twin(owner, acme) -> Account:
    twin = open_account(by=owner, name="Acme AB", now=NOW, domains=["acme.se"])
    industry = Attribute.objects.get(key="industry")
    set_attributes(by=owner, accounts=[acme], values={industry: "Energy"}, now=NOW)
    set_attributes(by=owner, accounts=[twin], values={industry: "Mining"}, now=NOW)
    return twin


def sent(survivor: Account, absorbed: Account, **more: str) -> dict[str, str]:
    return {
        "apply": "1", "other": absorbed.key, "survivor_edition": str(survivor.edition),
        "absorbed_edition": str(absorbed.edition), **more,
    }  # fmt: skip


def test_the_owner_compares_then_merges_and_may_undo(client_of, owner, acme, twin):
    client = client_of(owner)
    assert "Choose the other record" in client.get("/accounts/acme/merge/").text
    shown = client.get("/accounts/acme/merge/?with=acme-ab").text
    assert "Energy" in shown
    assert "Mining" in shown
    answer = client.post("/accounts/acme/merge/", sent(acme, twin, **{"choice:attribute:industry": "absorbed"}))
    assert answer.headers["Location"] == "/accounts/acme/"
    acme.now.refresh_from_db()
    assert acme.now.attributes["industry"] == "Mining"
    page = client.get("/accounts/acme/").text
    assert "Merged into it" in page
    assert "Acme AB is part of Acme now" in page
    client.post(f"/undo/{Undo.objects.get().pk}/")
    assert not Merge.objects.open().exists()


def test_its_address_leads_to_the_survivor_for_those_who_may_see_it(client_of, owner, stranger, acme, twin):
    merge_accounts(by=owner, survivor=acme, absorbed=twin, now=clock.now())
    answer = client_of(owner).get("/accounts/acme-ab/people/?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/acme/people/?x=1")
    assert client_of(stranger).get("/accounts/acme-ab/people/").status_code == 404
    late = client_of(owner).post("/accounts/acme-ab/note/", {"body": "Late"})
    assert late.status_code == 422
    assert "Acme AB was merged into Acme. Nothing was saved" in late.text
    assert "Acme AB" not in client_of(owner).get("/accounts/").text


def test_it_can_be_taken_apart_from_the_page_later(client_of, owner, acme, twin):
    merge = merge_accounts(by=owner, survivor=acme, absorbed=twin, now=NOW + timedelta(days=1))
    client = client_of(owner)
    assert "stands by itself again, with its names" in client.get(f"/accounts/acme/merges/{merge.pk}/").text
    answer = client.post(f"/accounts/acme/merges/{merge.pk}/")
    assert answer.headers["Location"] == "/accounts/acme-ab/"
    assert client.get("/accounts/acme-ab/").status_code == 200
    assert client.get(f"/accounts/acme/merges/{merge.pk}/").status_code == 404


def test_others_may_not(client_of, stranger, viewer, acme, twin):
    assert client_of(stranger).get("/accounts/acme/merge/?with=acme-ab").status_code == 404
    assert client_of(viewer).post("/accounts/acme/merge/", sent(acme, twin)).status_code == 403
    theirs = open_account(by=stranger, name="Theirs", now=NOW)
    assert client_of(stranger).post("/accounts/theirs/merge/", sent(theirs, twin)).status_code == 404
    assert not Merge.objects.exists()


def test_an_edit_in_between_shows_both_versions(client_of, owner, acme, twin):
    stale = {**sent(acme, twin), "absorbed_edition": "99"}
    answer = client_of(owner).post("/accounts/acme/merge/", stale)
    assert answer.status_code == 409
    assert not Merge.objects.exists()


def test_two_ticked_in_the_list_are_compared(client_of, owner, acme, twin):
    client = client_of(owner)
    answer = client.get("/list/merge/?row=acme&row=acme-ab", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/accounts/acme/merge/?with=acme-ab"
    assert client.get("/list/merge/?row=acme", headers={"HX-Request": "true"}).status_code == 422


def test_two_records_of_one_person(client_of, owner, stranger, acme):
    ines = add_person(by=owner, account=acme, name="Ines Sol", email="ines@acme.example", now=NOW)
    twin = add_person(by=owner, account=acme, name="I. Sol", email="sol@acme.example", now=NOW)
    client = client_of(owner)
    assert "sol@acme.example" in client.get(f"/contacts/{ines.key}/merge/?with={twin.key}").text
    assert "I. Sol" in client.get("/options/people/?q=sol").text
    assert client_of(stranger).get(f"/contacts/{ines.key}/merge/?with={twin.key}").status_code == 404
    client.post(f"/contacts/{ines.key}/merge/", {"apply": "1", "other": twin.key, "choice:name": "absorbed"})
    merge = PersonMerge.objects.open().get()
    page = client.get(f"/contacts/{ines.key}/").text
    assert "I. Sol was merged into this record" in page
    assert "Also sol@acme.example" in page
    assert client.get(f"/contacts/{twin.key}/").headers["Location"] == f"/contacts/{ines.key}/"
    assert client.get(f"/contacts/{ines.key}/merges/{merge.pk}/").status_code == 200
    client.post(f"/contacts/{ines.key}/merges/{merge.pk}/")
    assert client.get(f"/contacts/{twin.key}/").status_code == 200
