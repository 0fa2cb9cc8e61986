"""Merge two accounts, and take that apart again."""

from datetime import timedelta

import pytest

from firstwin.accounts.actions.assign import assign_owner
from firstwin.accounts.actions.edit_account import edit_account
from firstwin.accounts.actions.merging.accounts import merge_accounts, unmerge_accounts
from firstwin.accounts.actions.notes import add_note
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.people import add_person
from firstwin.accounts.actions.receive import AccountSaid, receive_accounts
from firstwin.accounts.actions.remove import restore_account
from firstwin.accounts.actions.set_attributes import set_attributes
from firstwin.accounts.actions.set_parent import set_parent
from firstwin.accounts.actions.tag import tag_accounts
from firstwin.accounts.actions.touches import correct_touch, log_touch
from firstwin.accounts.merged import absorbed_by, survivors
from firstwin.accounts.models import (
    Account,
    AccountExternalId,
    AccountNow,
    Attribute,
    Direction,
    Merge,
    Ownership,
    Removal,
    Touch,
    TouchKind,
)
from firstwin.accounts.references import Directory, Reference
from firstwin.accounts.tests.fixtures import NOW
from firstwin.core.errors import Conflict, NotAllowed, NotFound, Refused
from firstwin.core.invariants import verify
from firstwin.people.models import User
from firstwin.people.undo import offer_undo, use_undo

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=3)
LATEST = NOW + timedelta(days=9)


@pytest.fixture
def nordic(owner: User) -> Account:
    """The same customer, entered a second time."""
    return open_account(by=owner, name="Acme AB", now=NOW, domains=["acme.se"], external_ids=[("crm", "B-7")])


def call(by: User | None, account: Account, at=NOW) -> Touch:
    return log_touch(
        by=by, account=account, kind=TouchKind.CALL, direction=Direction.BOTH, occurred_at=at, summary="Call", now=at
    )


def clean() -> list[str]:
    found = [
        finding for finding in verify(now=LATEST + timedelta(days=1)) if finding.invariant.key.startswith("accounts.")
    ]
    return [problem for finding in found for problem in finding.problems]


def test_what_the_other_had_is_the_survivors_and_the_other_leaves_the_lists(owner, acme, nordic):
    call(owner, acme), call(owner, nordic), add_note(by=owner, account=nordic, body="Careful", now=NOW)
    merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    assert Touch.objects.filter(account=acme).count() == 2
    assert acme.notes.count() == 1
    assert set(acme.domains.values_list("name", flat=True)) == {"acme.example", "acme.se"}
    assert AccountExternalId.objects.get(source="crm", external_id="B-7").account == acme
    assert nordic.removed_at == LATER
    assert Removal.objects.open().get(account=nordic).reason == "merged into Acme"
    assert AccountNow.objects.get(account=nordic).is_removed
    assert survivors(Account, [nordic.pk]) == {nordic.pk: acme.pk}
    assert clean() == []


def test_facts_keep_the_times_they_had(owner, acme, nordic):
    touch = call(owner, nordic)
    merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    moved = Touch.objects.get(pk=touch.pk)
    assert (moved.account, moved.known_at, moved.occurred_at, moved.recorded_at) == (acme, NOW, NOW, NOW)


def test_taken_apart_everything_is_where_it_was_and_what_came_since_stays(owner, acme, nordic):
    before = call(owner, nordic)
    merge = merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    since = call(owner, acme, LATER)
    unmerge_accounts(by=owner, merge=merge, now=LATEST)
    assert Touch.objects.get(pk=before.pk).account == nordic
    assert Touch.objects.get(pk=since.pk).account == acme
    assert list(nordic.domains.values_list("name", flat=True)) == ["acme.se"]
    assert list(nordic.external_ids.values_list("external_id", flat=True)) == ["B-7"]
    assert Account.objects.get(pk=nordic.pk).removed_at is None
    assert not Merge.objects.open().exists()
    assert clean() == []


def test_a_record_corrected_since_goes_back_with_all_its_versions(owner, acme, nordic):
    touch = call(owner, nordic)
    merge = merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    correct_touch(by=owner, touch=Touch.objects.get(pk=touch.pk), now=LATER + timedelta(hours=1), summary="A long call")
    unmerge_accounts(by=owner, merge=merge, now=LATEST)
    assert Touch.objects.filter(key=touch.key, account=nordic).count() == 2
    assert not Touch.objects.filter(account=acme).exists()


def test_the_survivors_own_values_count_and_gaps_are_filled(owner, teammate, acme, nordic):
    industry, plan = Attribute.objects.get(key="industry"), Attribute.objects.get(key="employees")
    set_attributes(by=None, accounts=[acme], values={industry: "Energy"}, now=NOW)
    set_attributes(by=None, accounts=[nordic], values={industry: "Mining", plan: "40"}, now=LATER, source="crm")
    tag_accounts(by=owner, accounts=[nordic], names=["Beta"], now=NOW)
    assign_owner(by=None, accounts=[nordic], owner=teammate, now=NOW)
    merge_accounts(by=None, survivor=acme, absorbed=nordic, now=LATER)
    row = AccountNow.objects.get(account=acme)
    assert row.attributes["industry"] == "Energy"
    assert row.attributes["employees"] == 40
    assert row.tags == ["Beta"]
    assert row.owner == owner
    assert nordic.attribute_values.filter(attribute=industry).exists(), "it stays in the trail of the other"


def test_a_person_may_choose_the_others_value_and_un_merge_says_the_first_again(owner, teammate, acme, nordic):
    industry = Attribute.objects.get(key="industry")
    set_attributes(by=None, accounts=[acme], values={industry: "Energy"}, now=NOW)
    set_attributes(by=None, accounts=[nordic], values={industry: "Mining"}, now=NOW)
    assign_owner(by=None, accounts=[nordic], owner=teammate, now=NOW)
    choices = {"name": "absorbed", "owner": "absorbed", "attribute:industry": "absorbed"}
    merge = merge_accounts(by=None, survivor=acme, absorbed=nordic, now=LATER, choices=choices)
    row = AccountNow.objects.get(account=acme)
    assert (row.name, row.owner, row.attributes["industry"]) == ("Acme AB", teammate, "Mining")
    unmerge_accounts(by=None, merge=merge, now=LATEST)
    row = AccountNow.objects.get(account=acme)
    assert (row.name, row.owner, row.attributes["industry"]) == ("Acme", owner, "Energy")
    assert clean() == []


def test_an_ownerless_survivor_gets_the_others_owner(owner, teammate, acme, nordic):
    assign_owner(by=None, accounts=[acme], owner=None, now=NOW + timedelta(hours=1))
    assign_owner(by=None, accounts=[nordic], owner=teammate, now=NOW + timedelta(minutes=1))
    merge_accounts(by=None, survivor=acme, absorbed=nordic, now=LATER)
    held = Ownership.objects.standing().true_at(LATER).get(account=acme)
    assert held.user == teammate
    assert clean() == []


def test_children_come_along_and_go_back(owner, acme, nordic):
    child = open_account(by=owner, name="Acme Malmö", parent=nordic, now=NOW)
    merge = merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    child.refresh_from_db()
    assert child.parent == acme
    assert AccountNow.objects.get(account=acme).children_count == 1
    unmerge_accounts(by=owner, merge=merge, now=LATEST)
    child.refresh_from_db()
    assert child.parent == nordic
    assert clean() == []


@pytest.mark.parametrize("steps", [1, 2])
def test_into_an_account_that_stood_below_it(owner, acme, nordic, steps):
    top = open_account(by=owner, name="Group", now=NOW)
    middle = open_account(by=owner, name="Middle", now=NOW, parent=nordic)
    set_parent(by=owner, account=nordic, parent=top, now=NOW)
    set_parent(by=owner, account=acme, parent=nordic if steps == 1 else middle, now=NOW)
    merge = merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    middle.refresh_from_db()
    assert acme.parent == top
    assert middle.parent == acme
    assert clean() == []
    unmerge_accounts(by=owner, merge=merge, now=LATEST)
    for account in (acme, middle):
        account.refresh_from_db()
    assert middle.parent == nordic
    assert acme.parent == (nordic if steps == 1 else middle)
    assert clean() == []


def test_into_the_account_above_it(owner, acme, nordic):
    set_parent(by=owner, account=nordic, parent=acme, now=NOW)
    child = open_account(by=owner, name="Acme Malmö", parent=nordic, now=NOW)
    merge = merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    child.refresh_from_db()
    assert (acme.parent, child.parent) == (None, acme)
    unmerge_accounts(by=owner, merge=merge, now=LATEST)
    nordic.refresh_from_db()
    child.refresh_from_db()
    assert (nordic.parent, child.parent) == (acme, nordic)
    assert clean() == []


@pytest.mark.parametrize("inner_first", [True, False])
def test_a_chain_can_be_taken_apart_in_any_order(owner, acme, nordic, inner_first):
    third = open_account(by=owner, name="Acme Oy", now=NOW, external_ids=[("crm", "C-1")])
    theirs, seconds = call(owner, third), call(owner, nordic)
    inner = merge_accounts(by=owner, survivor=nordic, absorbed=third, now=LATER)
    outer = merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER + timedelta(hours=1))
    assert Touch.objects.filter(account=acme).count() == 2
    assert set(absorbed_by(acme.pk)) == {nordic.pk, third.pk}
    for number, merge in enumerate([inner, outer] if inner_first else [outer, inner]):
        unmerge_accounts(by=owner, merge=merge, now=LATEST + timedelta(hours=number))
        assert clean() == []
    assert Touch.objects.get(pk=theirs.pk).account == third
    assert Touch.objects.get(pk=seconds.pk).account == nordic
    assert AccountExternalId.objects.get(external_id="C-1").account == third


def test_the_same_two_can_be_merged_again(owner, acme, nordic):
    touch = call(owner, nordic)
    first = merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    unmerge_accounts(by=owner, merge=first, now=LATER + timedelta(hours=1))
    merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATEST)
    assert Touch.objects.get(pk=touch.pk).account == acme
    with pytest.raises(Refused, match="by itself again already"):
        unmerge_accounts(by=owner, merge=first, now=LATEST)
    assert clean() == []


def test_what_makes_no_sense_is_refused(owner, acme, nordic):
    with pytest.raises(Refused, match="into itself"):
        merge_accounts(by=owner, survivor=acme, absorbed=acme, now=LATER)
    merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    with pytest.raises(Refused, match="Acme AB was merged into Acme already"):
        merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    with pytest.raises(Refused, match="merged into Acme already"):
        merge_accounts(by=owner, survivor=nordic, absorbed=acme, now=LATER)


def test_an_edit_in_between_is_a_conflict(owner, acme, nordic):
    seen = (acme.edition, nordic.edition)
    edit_account(by=owner, account=nordic, now=NOW, edition=nordic.edition, name="Acme Sweden")
    with pytest.raises(Conflict):
        merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER, editions=seen)
    assert not Merge.objects.exists()


def test_only_who_sees_both_may_merge_them(owner, stranger, viewer, acme, nordic):
    theirs = open_account(by=stranger, name="Theirs", now=NOW)
    with pytest.raises(NotFound):
        merge_accounts(by=owner, survivor=acme, absorbed=theirs, now=LATER)
    with pytest.raises(NotAllowed):
        merge_accounts(by=viewer, survivor=acme, absorbed=nordic, now=LATER)


def test_undo_takes_it_apart(owner, acme, nordic):
    merge = merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    undo = offer_undo(by=owner, verb="account.merged", payload={"merge": str(merge.key)}, says="Merged", now=LATER)
    use_undo(by=owner, pk=undo.pk, now=LATER + timedelta(minutes=1))
    assert Account.objects.get(pk=nordic.pk).removed_at is None


def test_people_of_both_stand_there_once(owner, acme, nordic):
    ines = add_person(by=owner, account=acme, name="Ines", email="ines@acme.example", now=NOW, roles_played=["sponsor"])
    add_person(by=owner, account=nordic, name="Ines", email="ines@acme.example", now=NOW, roles_played=["doer"])
    add_person(by=owner, account=nordic, name="Bo", email="bo@acme.example", now=NOW)
    merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    row = AccountNow.objects.get(account=acme)
    assert row.people_count == 2
    assert set(ines.roles.filter(account=acme).values_list("role", flat=True)) == {"sponsor", "doer"}
    assert clean() == []


def test_an_import_of_the_other_lands_on_the_survivor(owner, acme):
    ids = receive_accounts(said=[told("A-1", "Acme Inc"), told("B-1", "Acme Ltd")], source="erp", now=NOW).ids
    first, second = (Account.objects.get(pk=ids[row]) for row in (1, 2))
    merge_accounts(by=None, survivor=first, absorbed=second, now=LATER)
    received = receive_accounts(said=[told("B-1", "Acme Limited", removed="closed")], source="erp", now=LATEST)
    first.refresh_from_db()
    assert received.ids == {2: first.pk}
    assert (first.name, first.removed_at) == ("Acme Inc", None), "of two records of one source, the one that stayed"
    found = Directory().find([Reference("account", "key", second.key)])
    assert list(found.values()) == [first.pk]


def told(external_id: str, name: str, removed: str | None = None) -> AccountSaid:
    row = 1 if external_id.startswith("A") else 2
    return AccountSaid(row=row, external_id=external_id, known_at=NOW, name=name, removed=removed)


def test_a_merged_account_is_restored_by_un_merging_only(owner, acme, nordic):
    merge_accounts(by=owner, survivor=acme, absorbed=nordic, now=LATER)
    with pytest.raises(Refused, match="Un-merge"):
        restore_account(by=None, account=nordic, now=LATEST)
