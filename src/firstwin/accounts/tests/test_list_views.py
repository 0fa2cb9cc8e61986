"""Filters by hand, columns, saved views, and the list as a file."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.set_attributes import set_attributes
from firstwin.accounts.models import Account, Attribute, SavedView
from firstwin.accounts.tests.fixtures import NOW
from firstwin.accounts.tests.test_list_page import names, text
from firstwin.core.fields import vocabulary
from firstwin.people.models import Undo, User

ClientOf = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


class TestFilterForm:
    @pytest.mark.parametrize(
        ("given", "chip"),
        [
            ({"field": "tier", "op": "eq", "value": "core"}, "tier = 'core'"),
            ({"field": "tier", "op": "in", "value": ["core", "growth"]}, "tier in ('core', 'growth')"),
            ({"field": "owner", "op": "eq", "value": "me"}, "owner = 'me'"),
            ({"field": "employees", "op": "ge", "value": "1,000"}, "employees >= '1,000'"),
            ({"field": "employees", "op": "between", "value": ["1", "9"]}, "employees between '1' and '9'"),
            ({"field": "last_touch", "op": "gt", "value": "30"}, "last_touch > 30"),
            ({"field": "added", "op": "in_last", "value": "7"}, "added in last 7 days"),
            ({"field": "added", "op": "lt", "value": "30 days ago"}, "added < 30 days ago"),
            ({"field": "added", "op": "gt", "value": "2024-01-31"}, "added > '2024-01-31'"),
            ({"field": "name", "op": "in", "value": "acme, borealis"}, "name in ('acme', 'borealis')"),
            ({"field": "tags", "op": "not_set"}, "tags is not set"),
        ],
    )
    def test_what_is_chosen_becomes_a_chip_and_can_be_changed(
        self, client_of: ClientOf, owner: User, acme: Account, given: dict[str, Any], chip: str
    ) -> None:
        client = client_of(owner)
        response = client.get("/list/filter/", {**given, "apply": "1"}, headers=HTMX)
        listed = client.get(response["HX-Redirect"])
        assert listed.wsgi_request.GET.getlist("filter") == [chip]
        assert listed.status_code == 200
        again = client.get("/list/filter/", {"filter": chip, "edit": "0"}, headers=HTMX)
        assert again.status_code == 200 and "Change filter" in again.content.decode()

    @pytest.mark.parametrize(
        "given",
        [
            {"field": "tier", "op": "eq"},
            {"field": "employees", "op": "ge", "value": "many"},
            {"field": "employees", "op": "between", "value": "1"},
            {"field": "last_touch", "op": "gt", "value": "1.5"},
            {"field": "added", "op": "gt", "value": "31.1.2024"},
            {"field": "nope", "op": "eq", "value": "1"},
            {"field": "tier", "op": "nope", "value": "core"},
            {"field": "owner", "op": "eq", "value": "Nobody at all"},
        ],
    )
    def test_what_does_not_fit_is_said(self, client_of: ClientOf, owner: User, given: dict[str, Any]) -> None:
        response = client_of(owner).get("/list/filter/", {**given, "apply": "1"}, headers=HTMX)
        assert response.status_code == 422

    def test_every_field_and_operator_can_be_asked_for(self, client_of: ClientOf, owner: User, acme: Account) -> None:
        client = client_of(owner)
        for key, field in vocabulary().fields.items():
            if field.stored:
                assert client.get("/list/filter/", {"field": key}, headers=HTMX).status_code == 200, key

    def test_a_changed_chip_takes_the_place_of_the_old_one(
        self, client_of: ClientOf, owner: User, acme: Account
    ) -> None:
        given = {"filter": ["people > 1", "children > 2"], "edit": "0", "apply": "1", "field": "people", "op": "lt"}
        response = client_of(owner).get("/list/filter/", {**given, "value": "9"}, headers=HTMX)
        assert response["HX-Redirect"] == "/accounts/?filter=people+%3C+%279%27&filter=children+%3E+2"

    def test_a_nested_condition_is_not_taken_apart(self, client_of: ClientOf, owner: User, acme: Account) -> None:
        response = client_of(owner).get("/list/filter/", {"filter": "people > 1 or children > 2", "edit": "0"})
        assert response.status_code == 422


class TestColumns:
    def test_chosen_in_their_order(self, client_of: ClientOf, owner: User, acme: Account) -> None:
        given = {"column": ["name", "people", "owner"], "apply": "1"}
        response = client_of(owner).get("/list/columns/", given, headers=HTMX)
        assert response["HX-Redirect"] == "/accounts/?columns=name%2Cpeople%2Cowner"

    def test_moved_one_step(self, client_of: ClientOf, owner: User, acme: Account) -> None:
        def order(move: str) -> list[int]:
            body = client_of(owner).get(
                "/list/columns/", {"column": ["name", "people", "owner"], "move": move}, headers=HTMX
            )
            return [body.content.decode().index(f'id="move-up-{key}"') for key in ("people", "owner")]

        assert order("") == sorted(order(""))
        assert order("up:owner") != sorted(order("up:owner"))
        assert order("up:people") == sorted(order("up:people"))  # the name stays first
        assert order("sideways:x") == sorted(order("sideways:x"))


class TestViews:
    def save(self, client: Client, name: str, **more: Any) -> Any:
        given = {"filter": "people = 0", "sort": "-name", "columns": "name,people", "name": name, **more}
        return client.post("/list/views/", given, headers=HTMX)

    def test_the_list_is_kept_as_it_stands(self, client_of: ClientOf, owner: User, acme: Account) -> None:
        client = client_of(owner)
        response = self.save(client, "Nobody known")
        assert response["HX-Redirect"] == "/accounts/?view=nobody-known"
        listed = client.get(response["HX-Redirect"])
        assert "People is 0" in text(listed) and names(listed) == ["Acme"]
        kept = SavedView.objects.get()
        assert (kept.columns, kept.sort, kept.is_shared, kept.owner) == (["name", "people"], "-name", False, owner)

    def test_private_is_private_and_shared_is_shared(
        self, client_of: ClientOf, owner: User, stranger: User, viewer: User
    ) -> None:
        self.save(client_of(owner), "Mine")
        self.save(client_of(owner), "Ours", is_shared="on")
        said = text(client_of(stranger).get("/accounts/"))
        assert "Ours" in said and "Mine" not in said
        assert client_of(stranger).get("/list/views/mine/").status_code == 404
        assert client_of(stranger).post("/list/views/ours/", {"name": "Theirs"}).status_code == 403
        assert client_of(stranger).post("/list/views/ours/removal/").status_code == 403
        assert self.save(client_of(viewer), "Shared by a viewer", is_shared="on").status_code == 403
        assert self.save(client_of(viewer), "My own").status_code == 204

    def test_rename_share_keep_delete_and_take_each_back(self, client_of: ClientOf, owner: User) -> None:
        client = client_of(owner)
        self.save(client, "First")

        def take_back() -> None:
            assert client.post(f"/undo/{Undo.objects.latest('pk').pk}/").status_code == 302

        client.post("/list/views/first/", {"name": "Second", "is_shared": "on"}, headers=HTMX)
        assert SavedView.objects.filter(name="Second", is_shared=True).exists()
        take_back()
        assert SavedView.objects.filter(name="First", is_shared=False).exists()
        client.post("/list/views/first/", {"view": "first", "filter": "", "sort": "people"})
        assert SavedView.objects.get().sort == "people"
        take_back()
        assert SavedView.objects.get().sort == "-name"
        client.post("/list/views/first/removal/")
        assert not SavedView.objects.exists()
        take_back()
        assert SavedView.objects.get().name == "First"

    def test_an_emptied_filter_is_not_the_view_left_as_it_is(
        self, client_of: ClientOf, owner: User, acme: Account
    ) -> None:
        client = client_of(owner)
        self.save(client, "Crowded", filter="people > 5")
        assert names(client.get("/accounts/?view=crowded")) == []
        emptied = client.get("/accounts/?view=crowded&filter=")
        assert names(emptied) == ["Acme"] and "Save" in text(emptied)

    @pytest.mark.parametrize("name", ["", " ", "x" * 81])
    def test_a_name_is_needed(self, client_of: ClientOf, owner: User, name: str) -> None:
        assert self.save(client_of(owner), name).status_code == 422

    def test_two_of_one_name_have_keys_of_their_own(self, client_of: ClientOf, owner: User) -> None:
        for _ in range(2):
            self.save(client_of(owner), "Same")
        assert sorted(SavedView.objects.values_list("key", flat=True)) == ["same", "same-2"]

    @pytest.mark.parametrize("key", ["~no-owner", "~role-missing", "~silent", "~data-to-fix"])
    def test_views_that_come_with_the_product_work(
        self, client_of: ClientOf, owner: User, acme: Account, key: str
    ) -> None:
        assert client_of(owner).get("/accounts/", {"view": key}).status_code == 200

    def test_a_view_of_a_field_that_is_gone_says_so(self, client_of: ClientOf, owner: User, acme: Account) -> None:
        SavedView.objects.create(
            key="old", name="Old", owner=owner, condition={"field": "gone", "op": "set"}, columns=["gone"], sort="gone"
        )
        response = client_of(owner).get("/accounts/?view=old")
        assert response.status_code == 400
        assert "The view “Old” cannot be read any more" in text(response)
        assert client_of(owner).get("/accounts/?view=old&filter=").status_code == 200


class TestExport:
    @pytest.fixture
    def listed(self, owner: User, acme: Account) -> None:
        evil = open_account(by=owner, name="=cmd()", now=NOW, tags=["@x", "Pilot"])
        values = {Attribute.objects.get(key="annual_revenue"): "-12.50", Attribute.objects.get(key="city"): "+1"}
        set_attributes(by=owner, accounts=[evil], values=values, now=NOW)

    QUERY = "?columns=name,owner,tags,annual_revenue,city,people&sort=-name"

    def test_csv_has_every_row_and_runs_no_formula(self, client_of: ClientOf, owner: User, listed: None) -> None:
        response = client_of(owner).get(f"/list/accounts.csv{self.QUERY}")
        body = b"".join(response).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(body)))
        assert rows == [
            ["Key", "Account", "Owner", "Tags", "Annual revenue (USD)", "City", "People"],
            ["acme", "Acme", "Ada Okafor", "", "", "", "0"],
            ["cmd", "'=cmd()", "Ada Okafor", "'@x, Pilot", "-12.50", "'+1", "0"],
        ]
        assert response["Content-Disposition"].startswith('attachment; filename="accounts-20')

    def test_excel_gets_the_same(self, client_of: ClientOf, owner: User, listed: None) -> None:
        response = client_of(owner).get(f"/list/accounts.xlsx{self.QUERY}")
        sheet = load_workbook(io.BytesIO(b"".join(response))).worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows[2] == ["cmd", "'=cmd()", "Ada Okafor", "'@x, Pilot", -12.5, "'+1", 0]

    def test_what_one_may_not_see_is_not_in_it(
        self, client_of: ClientOf, stranger: User, viewer: User, listed: None
    ) -> None:
        def lines(user: User) -> int:
            return len(b"".join(client_of(user).get("/list/accounts.csv")).splitlines())

        assert (lines(stranger), lines(viewer)) == (1, 3)

    def test_there_is_no_other_format(self, client_of: ClientOf, owner: User) -> None:
        assert client_of(owner).get("/list/accounts.pdf").status_code == 404
