"""Values in place: where they come from, who disagrees, and two who edit at once."""

from datetime import timedelta
from typing import Any

import pytest

from firstwin.accounts.actions.set_attributes import set_attributes
from firstwin.accounts.models import Account, AccountNow, Attribute, AttributeValue
from firstwin.accounts.tests.fixtures import NOW
from firstwin.accounts.tests.page_reader import HTMX, at, toast_of, undo_in, words
from firstwin.people.models import User

pytestmark = pytest.mark.django_db


def held(account: Account, key: str) -> Any:
    return AccountNow.objects.get(pk=account.pk).attributes.get(key)


def said(account: Account, key: str, value: Any, *, source: str = "staff", after: int = 0) -> None:
    set_attributes(
        by=None, accounts=[account], values={Attribute.objects.get(key=key): value}, source=source,
        now=NOW + timedelta(days=after),
    )  # fmt: skip


def test_a_value_is_typed_saved_and_taken_back(client_of: Any, owner: User, acme: Account) -> None:
    client = client_of(owner)
    form = client.get("/accounts/acme/values/employees/", headers=HTMX).content.decode()
    assert 'name="seen" value="0"' in form and 'inputmode="decimal"' in form
    done = client.post("/accounts/acme/values/employees/", {"value": "1,250", "seen": 0}, headers=at())
    assert toast_of(done) == "Employees saved" and held(acme, "employees") == 1250
    client.post(undo_in(done))
    assert held(acme, "employees") is None


def test_money_is_typed_in_major_units_and_read_with_its_currency(client_of: Any, owner: User, acme: Account) -> None:
    client = client_of(owner)
    done = client.post("/accounts/acme/values/annual_revenue/", {"value": "1200000.50", "seen": 0}, headers=at())
    assert held(acme, "annual_revenue") == 120_000_050
    assert "1,200,000.50" in words(done)
    assert 'value="1200000.50"' in client.get("/accounts/acme/values/annual_revenue/", headers=HTMX).content.decode()


def test_nonsense_is_refused_beside_the_field_and_kept(client_of: Any, owner: User, acme: Account) -> None:
    answer = client_of(owner).post("/accounts/acme/values/employees/", {"value": "many", "seen": 0}, headers=at())
    assert answer.status_code == 422
    assert "is not a number" in words(answer) and 'value="many"' in answer.content.decode()
    assert held(acme, "employees") is None


def test_who_saves_over_an_unseen_change_sees_both_and_may_insist(client_of: Any, owner: User, acme: Account) -> None:
    client = client_of(owner)
    said(acme, "employees", 100)
    late = client.post("/accounts/acme/values/employees/", {"value": "300", "seen": 0}, headers=at())
    assert late.status_code == 409 and "Employees 300 100" in words(late)
    assert held(acme, "employees") == 100
    seen = AttributeValue.objects.open().get(account=acme, attribute__key="employees").pk
    assert (
        client.post("/accounts/acme/values/employees/", {"value": "300", "seen": seen}, headers=at()).status_code == 200
    )
    assert held(acme, "employees") == 300


def test_who_types_what_stands_already_has_no_conflict(client_of: Any, owner: User, acme: Account) -> None:
    said(acme, "employees", 100)
    answer = client_of(owner).post("/accounts/acme/values/employees/", {"value": "100", "seen": 0}, headers=at())
    assert answer.status_code == 200


def test_sources_that_disagree_are_shown_and_a_person_settles_it(client_of: Any, owner: User, acme: Account) -> None:
    said(acme, "industry", "Energy", source="crm")
    said(acme, "industry", "Mining", source="billing", after=1)
    client = client_of(owner)
    assert "Sources disagree" in words(client.get("/accounts/acme/"))
    shown = words(client.get("/accounts/acme/values/industry/sources/", headers=HTMX))
    assert "Mining from billing" in shown and "Energy from crm" in shown and shown.count("Use this") == 2
    crm = AttributeValue.objects.open().get(account=acme, source="crm")
    done = client.post("/accounts/acme/values/industry/sources/", {"statement": crm.pk}, headers=at())
    assert toast_of(done) == "Industry is Energy" and held(acme, "industry") == "Energy"
    assert "Sources disagree" not in words(done)


def test_what_it_was_before_is_kept(client_of: Any, owner: User, acme: Account) -> None:
    said(acme, "industry", "Energy")
    said(acme, "industry", "Mining", after=20)
    shown = words(client_of(owner).get("/accounts/acme/values/industry/sources/", headers=HTMX))
    assert "Mining staff 5 Apr 2026 now Energy staff 16 Mar 2026 5 Apr 2026" in shown


def test_a_stranger_and_a_viewer_change_nothing(client_of: Any, stranger: User, viewer: User, acme: Account) -> None:
    body = {"value": "1", "seen": 0}
    assert client_of(stranger).post("/accounts/acme/values/employees/", body).status_code == 404
    assert client_of(viewer).post("/accounts/acme/values/employees/", body).status_code == 403
    assert client_of(viewer).post("/accounts/acme/values/industry/sources/", {"statement": 1}).status_code in {403, 404}
