"""Rows that may mean a record we have: what is certain is matched, what is uncertain waits for a person."""

from pathlib import Path

import pytest

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.people import add_person
from firstwin.accounts.models import Account, AccountExternalId, AccountNow, Person, PersonExternalId
from firstwin.accounts.tests.fixtures import NOW
from firstwin.connectors.actions.decide_match import decide_match
from firstwin.connectors.actions.run_import import plan_import, run_import
from firstwin.connectors.matching.names import core, likeness
from firstwin.connectors.models import MatchCase, MatchState
from firstwin.connectors.report import Report
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.people.models import Undo
from firstwin.people.undo import offer_undo, use_undo

pytestmark = pytest.mark.django_db

MAPPING = """
source: billing
files:
  - name: accounts
    kind: accounts
    path: accounts.csv
    match: [domain, name]
    key: id
    fields: {name: name, domains: domain, industry: industry}
  - name: people
    kind: people
    path: people.csv
    match: [email, name]
    key: id
    fields: {name: name, email: email, account: account}
"""


@pytest.fixture
def bring(tmp_path: Path):
    """Import these lines of accounts and people."""

    def bring(accounts: str = "", people: str = "", mapping: str = MAPPING, is_dry: bool = False) -> Report:
        (tmp_path / "accounts.csv").write_text("id,name,domain,industry\n" + accounts)
        (tmp_path / "people.csv").write_text("id,name,email,account\n" + people)
        (tmp_path / "mapping.yaml").write_text(mapping)
        plan = plan_import(mapping=tmp_path / "mapping.yaml", paths={})
        return run_import(plan=plan, by=None, now=clock.now(), rejects=tmp_path / "rejects", is_dry=is_dry)

    return bring


def waiting() -> list[MatchCase]:
    return list(MatchCase.objects.waiting().order_by("pk"))


@pytest.mark.parametrize(
    ("one", "other", "at_least"),
    [
        ("Acme", "ACME", 0.9),
        ("Acme GmbH", "Acme", 0.85),
        ("Café Noir S.A.", "Cafe Noir Ltd.", 0.85),
        ("The Acme Company", "Acme Inc", 0.85),
        ("Northwind Traders Ltd", "Northwind Trader", 0.75),
        ("Acme Nordic AB", "Acme", 0.6),
    ],
)
def test_names_that_are_alike(one, other, at_least):
    assert likeness(one, other)[0] >= at_least
    assert likeness(other, one)[0] >= at_least


@pytest.mark.parametrize(("one", "other"), [("Acme", "Apex"), ("Blue Sky", "Red Sky"), ("", "Acme"), ("AG", "SE")])
def test_names_that_are_not(one, other):
    assert likeness(one, other)[0] == 0


def test_a_name_of_nothing_but_a_legal_form_keeps_it():
    assert core("SE") == ("se",)


def test_the_one_account_with_the_domain_is_meant(owner, bring):
    acme = open_account(by=owner, name="Acme", now=NOW, domains=["acme.example"])
    report = bring("B1,Acme Holding,acme.example,Energy\nB2,Zenith,zenith.example,\n")
    assert report.files[0].counts["changed"] == 1
    assert report.files[0].counts["new"] == 1
    assert AccountExternalId.objects.get(source="billing", external_id="B1").account == acme
    assert AccountNow.objects.get(account=acme).attributes["industry"] == "Energy"
    assert waiting() == []


def test_a_name_alone_waits_and_is_not_lost(owner, bring):
    acme = open_account(by=owner, name="Acme", now=NOW)
    report = bring("B1,Acme GmbH,,Energy\n", "P1,Ines,ines@x.example,B1\n")
    assert report.files[0].counts["waiting"] == 1
    (case,) = waiting()
    assert (case.external_id, case.best, case.candidates[0]["id"]) == ("B1", 0.85, acme.pk)
    assert Account.objects.count() == 1
    assert "waits in the match queue" in report.files[1].faults[0].reason


def test_without_match_all_is_as_ever(owner, bring):
    open_account(by=owner, name="Acme", now=NOW, domains=["acme.example"])
    bring("B1,Acme,acme.example,\n", mapping=MAPPING.replace("match: [domain, name]", "match: []"))
    assert Account.objects.count() == 2
    assert waiting() == []


def test_two_with_the_domain_or_a_better_name_elsewhere_wait(owner, bring):
    for name in ("Acme North", "Acme South"):
        open_account(by=owner, name=name, now=NOW, domains=["acme.example"])
    open_account(by=owner, name="Zenith", now=NOW)
    open_account(by=owner, name="Other", now=NOW, domains=["zenith.example"])
    bring("B1,Acme South,acme.example,\nB2,Zenith,zenith.example,\n")
    sisters, conflict = waiting()
    assert [len(sisters.candidates), sisters.best >= 0.95] == [2, True]
    assert len(conflict.candidates) == 2


def test_an_account_the_source_has_another_id_for_is_not_meant(owner, bring):
    open_account(by=owner, name="Acme", now=NOW, domains=["acme.example"], external_ids=[("billing", "B0")])
    bring("B1,Acme,acme.example,\n")
    assert Account.objects.count() == 2


def test_a_dry_run_asks_nothing(owner, bring):
    open_account(by=owner, name="Acme", now=NOW)
    report = bring("B1,Acme GmbH,,Energy\n", is_dry=True)
    assert report.files[0].counts["waiting"] == 1
    assert not MatchCase.objects.exists()


def test_decided_the_same_the_row_is_taken_in_and_undo_takes_it_back(owner, operations, bring):
    acme = open_account(by=owner, name="Acme", now=NOW)
    bring("B1,Acme GmbH,,Energy\n")
    (case,) = waiting()
    assert decide_match(by=operations, cases=[case], state=MatchState.SAME, target=acme.pk, now=clock.now()) == []
    assert AccountExternalId.objects.get(external_id="B1").account == acme
    assert AccountNow.objects.get(account=acme).attributes["industry"] == "Energy"
    assert waiting() == []
    report = bring("B1,Acme GmbH,,Energy\n", "P1,Ines,ines@x.example,B1\n")
    assert report.files[0].counts["unchanged"] == 1
    assert report.files[1].counts["new"] == 1
    with pytest.raises(Refused, match="decided"):
        decide_match(by=operations, cases=[case], state=MatchState.NEW, now=clock.now())


def test_a_decision_can_be_undone(owner, operations, bring):
    acme = open_account(by=owner, name="Acme", now=NOW)
    bring("B1,Acme GmbH,,Energy\n")
    (case,) = waiting()
    decide_match(by=operations, cases=[case], state=MatchState.SAME, target=acme.pk, now=clock.now())
    undo = offer_undo(
        by=operations, verb="match.decided", payload={"cases": [case.pk]}, says="Matched", now=clock.now()
    )
    use_undo(by=operations, pk=undo.pk, now=clock.now())
    assert not AccountExternalId.objects.filter(external_id="B1").exists()
    assert "industry" not in AccountNow.objects.get(account=acme).attributes
    assert [one.pk for one in waiting()] == [case.pk]


def test_decided_new_or_ignored_is_remembered(owner, operations, bring):
    open_account(by=owner, name="Acme", now=NOW)
    open_account(by=owner, name="Zenith", now=NOW)
    bring("B1,Acme GmbH,,Energy\nB2,Zenith Ltd,,\n")
    first, second = waiting()
    decide_match(by=operations, cases=[first], state=MatchState.NEW, now=clock.now())
    decide_match(by=operations, cases=[second], state=MatchState.IGNORED, now=clock.now())
    assert Account.objects.filter(name="Acme GmbH").count() == 1
    report = bring("B1,Acme GmbH,,Mining\nB2,Zenith Ltd,,\n")
    assert (report.files[0].counts["changed"], report.files[0].counts["skipped"]) == (1, 1)
    assert waiting() == []


def test_people_are_matched_by_address_and_ask_by_name(owner, bring):
    acme = open_account(by=owner, name="Acme", now=NOW, external_ids=[("billing", "B1")])
    ines = add_person(by=owner, account=acme, name="Ines Sol", email="ines@acme.example", now=NOW)
    bring("", "P1,I. Sol,INES@acme.example,B1\nP2,Ines Sol,sol@home.example,B1\nP3,Bo,bo@acme.example,B1\n")
    assert PersonExternalId.objects.get(external_id="P1").person == ines
    assert Person.objects.count() == 3, "of two ids of one source, the second is somebody else"
    assert waiting() == []


def test_a_namesake_at_the_same_account_waits(owner, operations, bring):
    acme = open_account(by=owner, name="Acme", now=NOW, external_ids=[("billing", "B1")])
    ines = add_person(by=owner, account=acme, name="Ines Sol", email="ines@acme.example", now=NOW)
    bring("", "P2,Ines Sol,sol@home.example,B1\n")
    (case,) = waiting()
    assert decide_match(by=operations, cases=[case], state=MatchState.SAME, target=ines.pk, now=clock.now()) == []
    assert PersonExternalId.objects.get(external_id="P2").person == ines
    assert Person.objects.count() == 1


def test_the_page_decides_one_by_one_or_all_that_are_sure(client_of, owner, operations, stranger, bring):
    for name in ("Acme North", "Acme South"):
        open_account(by=owner, name=name, now=NOW, domains=["acme.example"])
    open_account(by=owner, name="Zenith", now=NOW)
    bring("B1,Acme South,acme.example,\nB2,Zenith AG,,Energy\n")
    client = client_of(operations)
    page = client.get("/imports/matches/").text
    assert "Acme South" in page
    assert "Accept 1 sure match" in page
    assert client_of(stranger).get("/imports/matches/").status_code == 403
    client.post("/imports/matches/sure/")
    (left,) = waiting()
    shown = client.get(f"/imports/matches/{left.pk}/", headers={"HX-Request": "true"}).text
    assert "same name but for the legal form" in shown
    assert client_of(stranger).post(f"/imports/matches/{left.pk}/", {"is": "new"}).status_code == 403
    assert client.post(f"/imports/matches/{left.pk}/", {"is": "what"}).status_code == 422
    client.post(f"/imports/matches/{left.pk}/", {"is": "same", "target": left.candidates[0]["id"]})
    assert waiting() == []
    assert Account.objects.count() == 3
    assert "Nothing to match" in client.get("/imports/matches/").text
    assert client.post("/imports/matches/sure/").status_code == 422
    client.post(f"/undo/{Undo.objects.latest('pk').pk}/")
    assert len(waiting()) == 1
