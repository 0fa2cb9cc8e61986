"""Changing things from the list: in a cell, in bulk, a new account; and taking it back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from firstwin.accounts.actions.bulk import SLICE, continue_bulk_edit, start_bulk_edit
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, AccountNow, BulkEdit, BulkSlice
from firstwin.accounts.tests.fixtures import NOW
from firstwin.core import clock
from firstwin.core.errors import NotAllowed
from firstwin.people.models import Undo, User

ClientOf = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def row(account: Account) -> AccountNow:
    return AccountNow.objects.get(pk=account.pk)


def take_back(client: Client) -> None:
    undo = Undo.objects.latest("pk")
    assert client.post(f"/undo/{undo.pk}/").status_code == 302


@pytest.fixture
def two(owner: User, acme: Account) -> list[Account]:
    return [acme, open_account(by=owner, name="Borealis", now=NOW)]


class TestCells:
    @pytest.mark.parametrize(
        ("field", "given", "shown"),
        [
            ("name", {"name": "Acme & Co", "edition": "1"}, "Acme &amp; Co"),
            ("tags", {"tags": "Pilot, Beta"}, "Beta"),
            ("tier", {"value": "core"}, "Core"),
            ("employees", {"value": "1,200"}, "1,200"),
            ("customer_since", {"value": "2024-01-31"}, "31 Jan 2024"),
        ],
    )
    def test_what_is_saved_is_shown_and_can_be_taken_back(
        self, client_of: ClientOf, owner: User, acme: Account, field: str, given: dict[str, str], shown: str
    ) -> None:
        client, address = client_of(owner), f"/list/value/acme/{field}/"
        assert "<form" in client.get(address).content.decode()
        before = AccountNow.objects.values("name", "tags", "attributes").get(pk=acme.pk)
        response = client.post(address, given, headers=HTMX)
        assert response.status_code == 200
        assert shown in response.content.decode()
        assert '"undo"' in response["HX-Trigger"]
        take_back(client)
        assert AccountNow.objects.values("name", "tags", "attributes").get(pk=acme.pk) == before

    def test_an_owner_is_changed_and_given_back(
        self, client_of: ClientOf, teammate: User, owner: User, acme: Account
    ) -> None:
        client = client_of(teammate)
        client.post("/list/value/acme/owner/", {"owner": teammate.pk}, headers=HTMX)
        assert row(acme).owner == teammate
        take_back(client)
        assert row(acme).owner == owner

    @pytest.mark.parametrize(
        ("field", "given"),
        [
            ("name", {"name": "", "edition": "1"}),
            ("owner", {"owner": "99999"}),
            ("tags", {"tags": "x" * 41}),
            ("tier", {"value": "gold"}),
            ("employees", {"value": "many"}),
            ("customer_since", {"value": "31.1.2024"}),
        ],
    )
    def test_what_does_not_fit_is_said_beside_it(
        self, client_of: ClientOf, owner: User, acme: Account, field: str, given: dict[str, str]
    ) -> None:
        response = client_of(owner).post(f"/list/value/acme/{field}/", given, headers=HTMX)
        assert response.status_code == 422
        assert 'role="alert"' in response.content.decode()
        assert not Undo.objects.exists()

    def test_somebody_saved_meanwhile(self, client_of: ClientOf, owner: User, acme: Account) -> None:
        Account.objects.filter(pk=acme.pk).update(edition=4)
        response = client_of(owner).post("/list/value/acme/name/", {"name": "B", "edition": "1"}, headers=HTMX)
        assert response.status_code == 409

    def test_saving_what_is_so_already_offers_no_undo(self, client_of: ClientOf, owner: User, acme: Account) -> None:
        client_of(owner).post("/list/value/acme/owner/", {"owner": owner.pk}, headers=HTMX)
        assert not Undo.objects.exists()

    @pytest.mark.parametrize("field", ["people", "last_touch", "nope", "attributes__tier"])
    def test_what_is_counted_or_unknown_is_not_edited(
        self, client_of: ClientOf, owner: User, acme: Account, field: str
    ) -> None:
        assert client_of(owner).get(f"/list/value/acme/{field}/").status_code == 404

    def test_only_those_who_may(self, client_of: ClientOf, stranger: User, viewer: User, acme: Account) -> None:
        given = {"tags": "Mine"}
        assert client_of(stranger).post("/list/value/acme/tags/", given).status_code == 404
        assert client_of(viewer).post("/list/value/acme/tags/", given).status_code == 403
        assert row(acme).tags == []


class TestBulk:
    def test_ticked_accounts_get_a_tag_and_lose_it_again(
        self, client_of: ClientOf, owner: User, two: list[Account]
    ) -> None:
        client, given = client_of(owner), {"row": ["acme", "borealis"]}
        assert "Tag 2 accounts" in client.post("/list/bulk/tag/", given, headers=HTMX).content.decode()
        response = client.post("/list/bulk/tag/", {**given, "apply": "1", "name": "Pilot"}, headers=HTMX)
        assert response["HX-Redirect"] == "/accounts/"
        assert [row(account).tags for account in two] == [["Pilot"], ["Pilot"]]
        take_back(client)
        assert [row(account).tags for account in two] == [[], []]

    def test_everything_that_matches_is_asked_of_the_server_again(
        self, client_of: ClientOf, owner: User, teammate: User, two: list[Account]
    ) -> None:
        given = {"all_matching": "1", "filter": "name contains 'bor'", "apply": "1", "owner": teammate.pk}
        response = client_of(owner).post("/list/bulk/owner/", given, headers=HTMX)
        assert response["HX-Redirect"] == "/accounts/?filter=name+contains+%27bor%27"
        assert [row(account).owner for account in two] == [owner, teammate]

    def test_a_field_is_set_and_put_back(self, client_of: ClientOf, owner: User, two: list[Account]) -> None:
        client, rows = client_of(owner), {"row": ["acme", "borealis"]}
        client.post("/list/value/acme/tier/", {"value": "core"})
        assert "Choose a field" in client.post("/list/bulk/value/", rows, headers=HTMX).content.decode()
        given = {**rows, "apply": "1", "attribute": "tier", "value": "growth"}
        assert client.post("/list/bulk/value/", given, headers=HTMX).status_code == 204
        assert [row(account).attributes for account in two] == [{"tier": "growth"}, {"tier": "growth"}]
        take_back(client)
        assert [row(account).attributes for account in two] == [{"tier": "core"}, {}]

    def test_a_tag_is_taken_off_those_that_have_it(self, client_of: ClientOf, owner: User, two: list[Account]) -> None:
        client = client_of(owner)
        client.post("/list/value/acme/tags/", {"tags": "Pilot"})
        client.post("/list/bulk/untag/", {"row": ["acme", "borealis"], "apply": "1", "name": "pilot"}, headers=HTMX)
        assert row(two[0]).tags == []
        take_back(client)
        assert [row(account).tags for account in two] == [["Pilot"], []]

    @pytest.mark.parametrize(
        ("deed", "given"),
        [
            ("owner", {"owner": ""}),
            ("owner", {"owner": "x"}),
            ("tag", {"name": ""}),
            ("tag", {"name": "a,b"}),
            ("untag", {"name": "nope"}),
            ("value", {"attribute": "employees", "value": "many"}),
            ("value", {"attribute": "nope", "value": "1"}),
        ],
    )
    def test_what_does_not_fit_changes_nothing(
        self, client_of: ClientOf, owner: User, acme: Account, deed: str, given: dict[str, str]
    ) -> None:
        response = client_of(owner).post(f"/list/bulk/{deed}/", {"row": "acme", "apply": "1", **given}, headers=HTMX)
        assert response.status_code == 422
        assert not BulkEdit.objects.exists()

    def test_keys_outside_the_scope_are_left_out(
        self, client_of: ClientOf, stranger: User, viewer: User, acme: Account
    ) -> None:
        own = open_account(by=stranger, name="Cirrus", now=NOW)
        given = {"row": ["acme", "cirrus"], "apply": "1", "name": "Mine"}
        assert client_of(stranger).post("/list/bulk/tag/", given, headers=HTMX).status_code == 204
        assert (row(acme).tags, row(own).tags) == ([], ["Mine"])
        assert client_of(stranger).post("/list/bulk/tag/", {**given, "row": "acme"}).status_code == 422
        assert client_of(viewer).post("/list/bulk/tag/", given).status_code == 403
        assert client_of(stranger).post("/list/bulk/nope/", given).status_code == 404

    def test_a_filter_that_cannot_be_read_matches_nothing(
        self, client_of: ClientOf, owner: User, acme: Account
    ) -> None:
        given = {"all_matching": "1", "filter": "nope = 1", "apply": "1", "name": "Mine"}
        assert client_of(owner).post("/list/bulk/tag/", given).status_code == 422
        assert row(acme).tags == []


class TestSlices:
    """Many accounts at once, as the worker does them."""

    @pytest.fixture
    def many(self, owner: User, monkeypatch: pytest.MonkeyPatch) -> list[Account]:
        monkeypatch.setattr("firstwin.accounts.actions.bulk.SLICE", 2)
        return [open_account(by=owner, name=f"Acme {n}", now=NOW) for n in range(5)]

    def tag(self, by: User, accounts: list[Account]) -> BulkEdit:
        return start_bulk_edit(
            by=by, deed="tag", params={"name": "Pilot"}, account_ids=[a.pk for a in accounts], says="Tagged", now=NOW
        )

    def test_each_slice_is_done_once_whoever_goes_on(self, owner: User, many: list[Account]) -> None:
        edit = self.tag(owner, many)
        assert edit.slices.count() == 3
        continue_bulk_edit(edit=edit, now=clock.now, until=NOW)  # no patience left: one slice, then stop
        edit.refresh_from_db()
        assert (edit.done, edit.finished_at) == (2, None)
        other = continue_bulk_edit(edit=BulkEdit.objects.get(pk=edit.pk), now=clock.now)
        assert (other.done, other.changed, other.finished_at is not None) == (5, 5, True)
        assert continue_bulk_edit(edit=other, now=clock.now).done == 5
        assert [row(account).tags for account in many] == [["Pilot"]] * 5

    def test_undo_of_many_is_left_to_the_worker(self, client_of: ClientOf, owner: User, many: list[Account]) -> None:
        edit = continue_bulk_edit(edit=self.tag(owner, many), now=clock.now)
        assert client_of(owner).post(f"/undo/{edit.undo_id}/").status_code == 302
        back = BulkEdit.objects.get(deed="undo")
        assert back.finished_at is None
        continue_bulk_edit(edit=back, now=clock.now)
        assert [row(account).tags for account in many] == [[]] * 5

    def test_what_left_the_scope_meanwhile_is_left_alone(
        self, owner: User, stranger: User, many: list[Account]
    ) -> None:
        from firstwin.accounts.actions.assign import assign_owner

        edit = self.tag(owner, many)
        assign_owner(by=owner, accounts=many[:1], owner=stranger, now=clock.now())
        edit = continue_bulk_edit(edit=edit, now=clock.now)
        assert (edit.changed, row(many[0]).tags, row(many[1]).tags) == (4, [], ["Pilot"])

    def test_a_refusal_halfway_stops_and_keeps_what_was_done(self, owner: User, many: list[Account]) -> None:
        edit = self.tag(owner, many)
        continue_bulk_edit(edit=edit, now=clock.now, until=NOW)
        User.objects.filter(pk=owner.pk).update(role="viewer")
        edit = continue_bulk_edit(edit=BulkEdit.objects.get(pk=edit.pk), now=clock.now)
        assert edit.finished_at is not None and "role" in edit.problem
        assert edit.undo_id is not None
        assert BulkSlice.objects.filter(edit=edit, done_at__isnull=True).count() == 2

    def test_progress_is_ones_own(self, client_of: ClientOf, owner: User, stranger: User, many: list[Account]) -> None:
        edit = self.tag(owner, many)
        assert "0 of 5" in client_of(owner).get(f"/list/edits/{edit.pk}/", headers=HTMX).content.decode()
        assert client_of(stranger).get(f"/list/edits/{edit.pk}/").status_code == 404
        continue_bulk_edit(edit=edit, now=clock.now)
        here = {**HTMX, "HX-Current-URL": "http://testserver/accounts/?q=acme"}
        assert client_of(owner).get(f"/list/edits/{edit.pk}/", headers=here)["HX-Redirect"] == "/accounts/?q=acme"

    def test_a_viewer_starts_nothing(self, viewer: User, many: list[Account]) -> None:
        with pytest.raises(NotAllowed):
            self.tag(viewer, many)

    def test_slices_stay_small(self) -> None:
        assert SLICE <= 100


class TestNew:
    def test_an_account_is_added_and_opened(self, client_of: ClientOf, owner: User) -> None:
        given = {"name": " Juniper  & Vale ", "owner": owner.pk, "domain": "juniper.example", "tags": "Pilot, Beta"}
        response = client_of(owner).post("/list/account/", given, headers=HTMX)
        assert response["HX-Redirect"] == "/accounts/juniper-vale/"
        made = row(Account.objects.get())
        assert (made.name, made.owner, made.tags) == ("Juniper & Vale", owner, ["Beta", "Pilot"])

    @pytest.mark.parametrize(
        "given", [{"name": ""}, {"domain": "not a domain"}, {"parent": "nowhere"}, {"owner": "0"}, {"tags": "x" * 50}]
    )
    def test_what_does_not_fit_is_said_and_kept(self, client_of: ClientOf, owner: User, given: dict[str, Any]) -> None:
        said = {"name": "Juniper", "owner": owner.pk, **given}
        response = client_of(owner).post("/list/account/", said, headers=HTMX)
        assert response.status_code == 422
        assert re.search(r'class="error"|role="alert"', response.content.decode())
        assert not Account.objects.exists()

    def test_a_parent_outside_the_scope_is_not_there(self, client_of: ClientOf, stranger: User, acme: Account) -> None:
        given = {"name": "Child", "owner": stranger.pk, "parent": "acme"}
        assert client_of(stranger).post("/list/account/", given).status_code == 422

    def test_a_viewer_adds_nothing(self, client_of: ClientOf, viewer: User) -> None:
        assert client_of(viewer).get("/list/account/").status_code == 403
