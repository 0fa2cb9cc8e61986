"""What people rely on when they open, hand over, tag, move, describe and remove accounts."""

from datetime import timedelta

import pytest

from firstwin.accounts.actions.assign import add_owner, assign_owner, hand_back
from firstwin.accounts.actions.edit_account import edit_account
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.refresh_now import computed_rows
from firstwin.accounts.actions.remove import bring_back, remove_account
from firstwin.accounts.actions.set_attributes import describe_as_before, set_attributes
from firstwin.accounts.actions.set_parent import set_parent
from firstwin.accounts.actions.tag import tag_accounts, take_tags_off
from firstwin.accounts.models import Account, AccountNow, Attribute, AttributeValue, Ownership, OwnershipKind
from firstwin.accounts.scope import AccountSet, visible_accounts
from firstwin.accounts.tests.fixtures import NOW
from firstwin.core.errors import Conflict, NotAllowed, NotFound, Refused
from firstwin.people.models import AuditRow, Notice, User

LATER = NOW + timedelta(days=3)


def row(account: Account) -> AccountNow:
    return AccountNow.objects.get(pk=account.pk)


def test_the_opener_owns_it_and_finds_it_in_their_book(owner: User, acme: Account) -> None:
    assert acme.key == "acme"
    assert [a.name for a in visible_accounts(owner).rows] == ["Acme"]
    assert row(acme).owner_name == "Ada Okafor"
    assert row(acme).search_text == "acme acme acme.example"


def test_a_second_of_the_same_name_gets_a_key_of_its_own(owner: User, acme: Account) -> None:
    assert open_account(by=owner, name="ACME", now=NOW).key == "acme-2"


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "nul\x00"])
def test_a_name_that_cannot_be_kept_is_refused(owner: User, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        open_account(by=owner, name=name, now=NOW)
    assert refusal.value.field == "name"
    assert not Account.objects.exists()


def test_teammates_see_it_strangers_do_not(teammate: User, stranger: User, acme: Account) -> None:
    assert visible_accounts(teammate).get_or_404("acme") == acme
    with pytest.raises(NotFound):
        visible_accounts(stranger).get_or_404("acme")


def test_a_stranger_cannot_edit_what_they_cannot_see(stranger: User, acme: Account) -> None:
    with pytest.raises(NotFound):
        edit_account(by=stranger, account=acme, now=LATER, edition=1, name="Mine")


def test_a_viewer_sees_but_may_not_edit(viewer: User, acme: Account) -> None:
    assert visible_accounts(viewer).get_or_404("acme") == acme
    with pytest.raises(NotAllowed):
        edit_account(by=viewer, account=acme, now=LATER, edition=1, name="Mine")


def test_a_disabled_user_sees_nothing(owner: User, acme: Account) -> None:
    owner.disabled_at = NOW
    assert not AccountSet.of(owner).accounts().rows.exists()


def test_handing_over_keeps_who_had_it_and_when(owner: User, stranger: User, acme: Account) -> None:
    moved = assign_owner(by=owner, accounts=[acme], owner=stranger, now=LATER)
    assert moved == {acme.pk: owner.pk}
    held = Ownership.objects.standing().order_by("valid_from").values_list("user__name", "valid_from", "valid_to")
    assert list(held) == [("Ada Okafor", NOW, LATER), ("Tom Sato", LATER, None)]
    assert row(acme).owner_name == "Tom Sato"
    believed = Ownership.objects.known_by(NOW + timedelta(days=1)).values_list("user__name", "valid_to")
    assert list(believed) == [("Ada Okafor", None)]


def test_the_new_owner_is_told_once_and_not_by_themselves(
    owner: User, stranger: User, operations: User, acme: Account
) -> None:
    other = open_account(by=owner, name="Other", now=NOW)
    assign_owner(by=operations, accounts=[acme, other], owner=stranger, now=LATER)
    assign_owner(by=operations, accounts=[acme, other], owner=stranger, now=LATER)
    assign_owner(by=operations, accounts=[acme], owner=operations, now=LATER + timedelta(days=1))
    assert [(n.user.name, n.text) for n in Notice.objects.all()] == [("Tom Sato", "Ola Berg handed you 2 accounts.")]


def test_handing_over_can_be_taken_back(owner: User, stranger: User, acme: Account) -> None:
    moved = assign_owner(by=owner, accounts=[acme], owner=stranger, now=LATER)
    hand_back(by=owner, payload={"before": {str(k): v for k, v in moved.items()}}, now=LATER + timedelta(minutes=1))
    assert row(acme).owner_name == "Ada Okafor"


def test_a_disabled_user_cannot_be_given_accounts(owner: User, stranger: User, acme: Account) -> None:
    stranger.disabled_at = NOW
    stranger.save()
    with pytest.raises(Refused):
        assign_owner(by=owner, accounts=[acme], owner=stranger, now=LATER)


def test_cover_gives_sight_only_while_it_lasts(owner: User, stranger: User, acme: Account) -> None:
    add_owner(
        by=owner,
        accounts=[acme],
        kind=OwnershipKind.COVER,
        user=stranger,
        now=NOW,
        starts_at=LATER,
        ends_at=LATER + timedelta(days=7),
    )
    seen = [AccountSet.of(stranger, now=LATER + timedelta(days=n)).accounts().rows.exists() for n in (-1, 0, 6, 7)]
    assert seen == [False, True, True, False]


def test_a_circle_is_refused_at_any_depth(owner: User, acme: Account) -> None:
    chain = [acme]
    for n in range(5):
        child = open_account(by=owner, name=f"Level {n}", parent=chain[-1], now=NOW)
        chain.append(child)
    with pytest.raises(Refused, match="circle"):
        set_parent(by=owner, account=acme, parent=chain[-1], now=LATER)
    with pytest.raises(Refused, match="own parent"):
        set_parent(by=owner, account=acme, parent=acme, now=LATER)
    assert row(acme).children_count == 1


def test_moving_to_another_parent_keeps_both_dates(owner: User, acme: Account) -> None:
    other = open_account(by=owner, name="Other", now=NOW)
    child = open_account(by=owner, name="Child", parent=acme, now=NOW)
    set_parent(by=owner, account=child, parent=other, now=LATER)
    links = child.parent_links.standing().order_by("valid_from").values_list("parent__name", "valid_from", "valid_to")
    assert list(links) == [("Acme", NOW, LATER), ("Other", LATER, None)]
    assert (row(acme).children_count, row(other).children_count) == (0, 1)


def test_tags_are_one_whatever_their_case_and_can_be_taken_back(owner: User, acme: Account) -> None:
    assert tag_accounts(by=owner, accounts=[acme], names=["Beta"], now=NOW) == {"Beta": [acme.pk]}
    assert tag_accounts(by=owner, accounts=[acme], names=["BETA"], now=NOW) == {}
    take_tags_off(by=owner, payload={"tags": {"Beta": [acme.pk]}}, now=LATER)
    assert row(acme).tags == []


def test_attributes_keep_their_history_and_come_back_on_undo(owner: User, acme: Account) -> None:
    industry = Attribute.objects.get(key="industry")
    set_attributes(by=owner, accounts=[acme], values={industry: "Retail"}, now=NOW)
    before = set_attributes(by=owner, accounts=[acme], values={industry: "Energy"}, now=LATER)
    assert before == {acme.pk: {"industry": "Retail"}}
    assert row(acme).attributes["industry"] == "Energy"
    assert row(acme).value_of(industry.slot) == "energy"
    describe_as_before(by=owner, payload={"before": {str(acme.pk): before[acme.pk]}}, now=LATER + timedelta(hours=1))
    assert row(acme).attributes["industry"] == "Retail"
    assert AttributeValue.objects.known_by(NOW).get(account=acme).text == "Retail"


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("employees", "many", "not a number"),
        ("employees", "1e400", "out of range"),
        ("customer_since", "31-12-2026", "not a date"),
        ("tier", "Platinum", "not one of"),
        ("annual_revenue", "1.234", "decimals"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_at_its_field(
    owner: User, acme: Account, key: str, value: str, says: str
) -> None:
    with pytest.raises(Refused, match=says) as refusal:
        set_attributes(by=owner, accounts=[acme], values={Attribute.objects.get(key=key): value}, now=NOW)
    assert refusal.value.field == key


def test_what_staff_said_last_settles_a_disagreement_of_sources(owner: User, acme: Account) -> None:
    industry = Attribute.objects.get(key="industry")

    def say(value: str, source: str, days: int) -> list[str]:
        moment = NOW + timedelta(days=days)
        set_attributes(by=None, accounts=[acme], values={industry: value}, now=moment, source=source)
        return [issue["code"] for issue in row(acme).issues]

    assert "conflict" not in say("Retail", "crm", 1)
    assert "conflict" in say("Energy", "billing", 2)
    assert "conflict" not in say("Retail", "staff", 3)
    assert row(acme).attributes["industry"] == "Retail"
    assert "conflict" in say("Mining", "crm", 4)


def test_of_two_people_saving_at_once_the_second_sees_both_versions(owner: User, acme: Account) -> None:
    edit_account(by=owner, account=acme, now=NOW, edition=acme.edition, name="Acme Ltd")
    with pytest.raises(Conflict) as conflict:
        edit_account(by=owner, account=acme, now=LATER, edition=1, name="Acme Inc")
    assert (conflict.value.mine, conflict.value.theirs) == ({"Name": "Acme Inc"}, {"Name": "Acme Ltd"})
    assert Account.objects.get().name == "Acme Ltd"


def test_removing_is_dated_and_restorable(owner: User, acme: Account) -> None:
    remove_account(by=owner, account=acme, reason="Opened twice", now=LATER)
    assert not AccountSet.of(owner).accounts().rows.exists()
    assert row(acme).is_removed
    bring_back(by=owner, payload={"account": acme.pk}, now=LATER + timedelta(hours=1))
    assert AccountSet.of(owner).accounts().rows.exists()
    assert acme.removals.standing().get().reason == "Opened twice"


def test_every_change_bumps_the_revision_and_leaves_a_trace(owner: User, acme: Account) -> None:
    before = Account.objects.get().revision
    tag_accounts(by=owner, accounts=[acme], names=["Beta"], now=LATER)
    assert Account.objects.get().revision == before + 1
    assert AuditRow.objects.filter(account_id=acme.pk, did="account.tagged").exists()


def test_the_list_row_is_what_the_facts_say(owner: User, acme: Account) -> None:
    tag_accounts(by=owner, accounts=[acme], names=["Beta"], now=NOW)
    computed = computed_rows([acme.pk], now=row(acme).refreshed_at)
    names = [f.attname for f in AccountNow._meta.concrete_fields if f.name != "refreshed_at"]
    assert [getattr(computed[0], n) for n in names] == [getattr(row(acme), n) for n in names]
