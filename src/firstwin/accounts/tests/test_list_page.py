"""The list as people see it: whose accounts, which filter, what is said when nothing fits."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from firstwin.accounts.actions.assign import assign_owner
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.set_attributes import set_attributes
from firstwin.accounts.actions.tag import tag_accounts
from firstwin.accounts.models import Account, Attribute
from firstwin.accounts.tests.fixtures import NOW
from firstwin.accounts.tests.list_rows import make_rows
from firstwin.people.models import User

ClientOf = Callable[[User], Client]
LIST = "/accounts/"


def names(response: Any) -> list[str]:
    return re.findall(r'class="row-link" href="[^"]*"><span>([^<]*)', response.content.decode())


def text(response: Any) -> str:
    bare = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", bare)


def described(owner: User, account: Account, **values: Any) -> None:
    attributes = {Attribute.objects.get(key=key): value for key, value in values.items()}
    set_attributes(by=owner, accounts=[account], values=attributes, now=NOW)


def test_home_is_the_list(client_of: ClientOf, owner: User) -> None:
    assert client_of(owner).get("/")["Location"] == LIST


def test_the_list_asks_who_you_are(client: Client, db: None) -> None:
    assert client.get(LIST).status_code == 302


def test_owner_and_teammate_see_it_a_stranger_does_not(
    client_of: ClientOf, owner: User, teammate: User, stranger: User, acme: Account
) -> None:
    assert names(client_of(owner).get(LIST)) == ["Acme"]
    assert names(client_of(teammate).get(LIST, {"whose": "team"})) == ["Acme"]
    assert names(client_of(teammate).get(LIST)) == []
    assert names(client_of(stranger).get(LIST)) == []
    assert names(client_of(stranger).get(LIST, {"whose": "all"})) == []


def test_a_viewer_reads_and_is_offered_nothing_to_change(client_of: ClientOf, viewer: User, acme: Account) -> None:
    response = client_of(viewer).get(LIST)
    assert names(response) == ["Acme"]
    body = response.content.decode()
    assert "fw-edit" not in body and "Add account" not in body and 'name="row"' not in body


def test_looking_changes_nothing(client_of: ClientOf, owner: User, acme: Account) -> None:
    client = client_of(owner)
    addresses = [
        LIST, "/list/filter/", "/list/filter/?field=tier", "/list/columns/", "/list/views/", "/list/account/",
        "/list/totals/", "/list/fields/?q=t", "/list/preview/acme/", "/list/preview/acme/touch/",
        "/list/value/acme/owner/", "/list/accounts.csv", "/list/accounts.xlsx", "/commands/?q=acme",
    ]  # fmt: skip
    client.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        for address in addresses:
            response = client.get(address)
            assert response.status_code in (200, 302), address
            if response.streaming:
                b"".join(response)
    written = [q["sql"] for q in queries if re.match(r"(insert|update|delete)", q["sql"], re.IGNORECASE)]
    assert written == []


def test_the_number_of_queries_does_not_follow_the_number_of_rows(client_of: ClientOf, operations: User) -> None:
    client = client_of(operations)
    columns = "name,owner,team,tags,parent,children,tier,employees,customer_since,last_touch,roles_missing,issues"
    counts = []
    for _ in range(2):
        for _ in range(2):
            make = open_account(by=operations, name="Acme", now=NOW, tags=["Pilot"])
            described(operations, make, tier="core", employees=4)
        client.get(LIST, {"columns": columns})
        with CaptureQueriesContext(connection) as queries:
            assert client.get(LIST, {"columns": columns}).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_columns_show_what_the_fields_say(client_of: ClientOf, owner: User, acme: Account) -> None:
    described(owner, acme, employees=1200, annual_revenue="1234.50", tier="core", customer_since="2024-01-31")
    tag_accounts(by=owner, accounts=[acme], names=["Pilot"], now=NOW)
    columns = "name,owner,tags,tier,employees,annual_revenue,customer_since,roles_covered"
    said = text(client_of(owner).get(LIST, {"columns": columns}))
    for words in ("Ada Okafor", "Pilot", "Core", "1,200", "$1,234.50", "31 Jan 2024", "0 of 4", "1 account"):
        assert words in said


def test_unknown_columns_sizes_and_tabs_are_left_out(client_of: ClientOf, owner: User, acme: Account) -> None:
    response = client_of(owner).get(
        LIST, {"columns": "nope,owner,owner", "size": "9999", "whose": "them", "sort": "-nope", "view": "nope"}
    )
    assert response.status_code == 200
    assert names(response) == ["Acme"]


@pytest.fixture
def three(owner: User, acme: Account) -> list[Account]:
    others = [open_account(by=owner, name=name, now=NOW) for name in ("Borealis", "Cirrus")]
    for account, size, tier in zip([acme, *others], (10, 200, 30), ("core", "core", "growth"), strict=True):
        described(owner, account, employees=size, tier=tier)
    return [acme, *others]


def test_filters_sort_and_search_go_together(client_of: ClientOf, owner: User, three: list[Account]) -> None:
    client = client_of(owner)
    assert names(client.get(LIST, {"filter": "tier = 'core'", "sort": "-employees"})) == ["Borealis", "Acme"]
    assert names(client.get(LIST, {"filter": ["tier = 'core'", "employees > 50"]})) == ["Borealis"]
    assert names(client.get(LIST, {"q": "rus", "sort": "-name"})) == ["Cirrus"]
    assert names(client.get(LIST, {"q": "r", "filter": "tier = 'growth'"})) == ["Cirrus"]


def test_chips_read_as_a_sentence_and_can_be_taken_away(client_of: ClientOf, owner: User, three: list[Account]) -> None:
    response = client_of(owner).get(LIST, {"filter": ["tier = 'core'", "employees > 50 or people > 3"]})
    said = text(response)
    assert "Tier is Core" in said
    assert "Employees are more than 50 or people are more than 3" in said
    body = response.content.decode()
    assert 'href="/accounts/?filter=employees+%3E+50+or+people+%3E+3"' in body
    assert 'aria-label="Remove filter: Tier is Core"' in body


def test_the_foot_says_what_the_columns_come_to(client_of: ClientOf, owner: User, three: list[Account]) -> None:
    said = text(client_of(owner).get(LIST, {"columns": "name,employees", "filter": "tier = 'core'"}))
    assert "2 accounts 210" in said


@pytest.mark.parametrize(
    "filters",
    [["nope = 1"], ["tier ="], ["tier = 'nope'"], ["'"], ["{" * 50], ["(" * 500], ["employees > x"], ["a\x00b"]],
)
def test_a_filter_that_cannot_be_read_lists_nothing_and_says_so(
    client_of: ClientOf, owner: User, acme: Account, filters: list[str]
) -> None:
    response = client_of(owner).get(LIST, {"filter": filters})
    assert response.status_code == 400
    assert names(response) == []
    assert "This filter cannot be read" in text(response)
    assert client_of(owner).get("/list/accounts.csv", {"filter": filters}).status_code == 422


@pytest.mark.parametrize(
    "given",
    [{"cursor": "x"}, {"cursor": "\x00"}, {"q": "a\x00b"}, {"q": '"'}, {"q": "%_\\"}, {"q": "x" * 5000}, {"sort": "-"},
     {"size": "-1"}, {"columns": ",,,"}],
)  # fmt: skip
def test_odd_addresses_are_answered(client_of: ClientOf, owner: User, acme: Account, given: dict[str, str]) -> None:
    assert client_of(owner).get(LIST, given).status_code in (200, 400)


def test_pages_follow_each_other(client_of: ClientOf, operations: User, owner: User) -> None:
    make_rows(60, owners=[owner])
    client = client_of(operations)
    first = client.get(LIST, {"size": "25", "sort": "-employees"})
    assert "1 to 25 of 60" in text(first)
    older = re.search(r'href="([^"]*)" rel="next"', first.content.decode())
    assert older is not None
    second = client.get(older[1].replace("&amp;", "&"))
    assert "26 to 50 of 60" in text(second)
    newer = re.search(r'href="([^"]*)" rel="prev"', second.content.decode())
    assert newer is not None
    again = client.get(newer[1].replace("&amp;", "&"))
    assert names(again) == names(first)


def test_totals_of_many_are_asked_for_apart(
    client_of: ClientOf, operations: User, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstwin.accounts.listing.query.FEW", 10)
    make_rows(12, owners=[owner])
    client = client_of(operations)
    page = client.get(LIST, {"filter": "people >= 0"})
    assert "Counting…" in text(page) and "/list/totals/?filter=" in page.content.decode()
    totals = client.get("/list/totals/", {"filter": "people >= 0"}, headers={"HX-Request": "true"})
    assert "12 accounts" in text(totals)
    few = client.get(LIST, {"filter": "name = 'zoë'"})
    assert "Counting…" not in text(few)


class TestNothingToShow:
    def test_no_accounts_at_all(self, client_of: ClientOf, owner: User, viewer: User) -> None:
        assert "No accounts yet" in text(client_of(owner).get(LIST))
        assert "Add account" in text(client_of(owner).get(LIST))
        assert "Add account" not in text(client_of(viewer).get(LIST))

    def test_no_match(self, client_of: ClientOf, owner: User, acme: Account) -> None:
        said = text(client_of(owner).get(LIST, {"q": "zzz"}))
        assert "No account matches" in said and "Remove the filter" in said

    def test_an_empty_book_leads_to_the_team(self, client_of: ClientOf, teammate: User, acme: Account) -> None:
        said = text(client_of(teammate).get(LIST))
        assert "You have no accounts yet" in said and "Look at my team" in said

    def test_a_scope_with_nothing_in_it(self, client_of: ClientOf, stranger: User, acme: Account) -> None:
        assert "You see no accounts yet" in text(client_of(stranger).get(LIST))


def test_the_command_bar_finds_accounts_in_scope(
    client_of: ClientOf, owner: User, stranger: User, acme: Account
) -> None:
    def found(user: User, words: str) -> bool:
        response = client_of(user).get(reverse("commands"), {"q": words})
        return 'data-url="/accounts/acme/"' in response.content.decode()

    assert found(owner, "acm") and found(owner, "ACME.example")
    assert not found(stranger, "acm")


def test_the_preview_shows_the_account_to_those_who_may(
    client_of: ClientOf, owner: User, stranger: User, viewer: User, acme: Account
) -> None:
    said = text(client_of(owner).get("/list/preview/acme/"))
    for words in ("Acme", "Ada Okafor", "0 of 4 roles covered", "Sponsor", "Not covered", "Log a touch"):
        assert words in said
    assert "Log a touch" not in text(client_of(viewer).get("/list/preview/acme/"))
    assert client_of(stranger).get("/list/preview/acme/").status_code == 404


def test_a_touch_is_logged_from_the_preview(client_of: ClientOf, owner: User, viewer: User, acme: Account) -> None:
    address = "/list/preview/acme/touch/"
    refused = client_of(owner).post(address, {"kind": "call", "direction": "both", "summary": " "})
    assert refused.status_code == 422
    said = {"kind": "call", "direction": "both", "summary": "Asked about the export"}
    response = client_of(owner).post(address, said, headers={"HX-Request": "true"})
    assert "Asked about the export" in text(response)
    assert "Call with Acme logged" in response["HX-Trigger"]
    assert client_of(viewer).post(address, said).status_code == 403


def test_who_hands_an_account_over_loses_sight_of_it(
    client_of: ClientOf, owner: User, stranger: User, acme: Account
) -> None:
    assign_owner(by=owner, accounts=[acme], owner=stranger, now=NOW)
    assert names(client_of(owner).get(LIST)) == []
    assert names(client_of(stranger).get(LIST)) == ["Acme"]
