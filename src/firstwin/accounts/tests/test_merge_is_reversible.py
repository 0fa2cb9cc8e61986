"""For any company: a merge loses nothing on any past day, and merging then un-merging leaves every fact as it was."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.examples import few, thorough

from firstwin.accounts.actions.assign import add_owner, assign_owner
from firstwin.accounts.actions.merging.accounts import merge_accounts, unmerge_accounts
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.people import add_person, leave
from firstwin.accounts.actions.set_attributes import set_attributes
from firstwin.accounts.actions.set_parent import set_parent
from firstwin.accounts.actions.tag import tag_accounts, untag_accounts
from firstwin.accounts.actions.touches import log_touch
from firstwin.accounts.merging import Policy, held_by
from firstwin.accounts.models import (
    Account,
    Attribute,
    Direction,
    Membership,
    OwnershipKind,
    ParentLink,
    Touch,
    TouchKind,
)
from firstwin.accounts.tests.fixtures import NOW
from firstwin.core.errors import Refused
from firstwin.core.invariants import invariants
from firstwin.people.models import User
from firstwin.people.tests.factories import make_user

DAY = timedelta(days=1)
FIRST = NOW - 40 * DAY
ACCOUNTS = 4

deeds = st.sampled_from(["touch", "person", "leave", "tag", "untag", "owner", "co_owner", "value", "parent"])
steps = st.lists(st.tuples(deeds, st.integers(0, ACCOUNTS - 1), st.integers(0, 3)), max_size=14)
pairs = st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(0, ACCOUNTS - 1)).filter(lambda pair: pair[0] != pair[1])


def build(told: list[tuple[str, int, int]]) -> list[Account]:
    staff = [make_user(f"Staff {n}") for n in range(2)]
    accounts = [
        open_account(by=None, name=f"Firm {n}", now=FIRST, domains=["shared.example", f"f{n}.example"],
                     external_ids=[("crm", f"F{n}")])
        for n in range(ACCOUNTS)
    ]  # fmt: skip
    for number, (deed, which, detail) in enumerate(told):
        _do(deed, accounts, accounts[which], detail, staff, FIRST + (number + 1) * 2 * DAY)
    return accounts


def _do(deed: str, all_: list[Account], account: Account, detail: int, staff: list[User], at: datetime) -> None:
    match deed:
        case "touch":
            log_touch(by=None, account=account, kind=TouchKind.CALL, direction=Direction.BOTH, occurred_at=at,
                      summary="Call", now=at)  # fmt: skip
        case "person":
            add_person(by=None, account=account, name=f"P{detail}", email=f"p{detail}@x.example", now=at,
                       roles_played=["sponsor"])  # fmt: skip
        case "leave":
            member = Membership.objects.open().filter(account=account).first()
            if member:
                leave(by=None, person=member.person, account=account, now=at)
        case "tag":
            tag_accounts(by=None, accounts=[account], names=[f"T{detail}"], now=at)
        case "untag":
            untag_accounts(by=None, accounts=[account], names=[f"T{detail}"], now=at)
        case "owner":
            owner = None if detail == 3 else staff[detail % 2]
            assign_owner(by=None, accounts=[account], owner=owner, now=at)
        case "co_owner":
            add_owner(by=None, accounts=[account], kind=OwnershipKind.CO_OWNER, user=staff[detail % 2], now=at)
        case "value":
            attribute = Attribute.objects.get(key="industry")
            source = ("staff", "crm", "erp", "crm")[detail]
            set_attributes(by=None, accounts=[account], values={attribute: f"V{detail}"}, now=at, source=source)
        case "parent":
            above = all_[detail]
            try:
                with transaction.atomic():
                    set_parent(by=None, account=account, parent=above, now=at)
            except Refused:
                pass


def rows_of(model: type[Model]) -> list[tuple[Any, ...]]:
    return sorted(model._base_manager.values_list(), key=repr)


def facts() -> dict[str, list[tuple[Any, ...]]]:
    """Every table whose rows a merge moves."""
    moved = {held.model for held in held_by(Account) if held.rule.policy in (Policy.MOVE, Policy.LINE)}
    return {model._meta.label_lower: rows_of(model) for model in moved}


def tree_at(moment: datetime) -> list[tuple[int, int | None]]:
    rows = ParentLink.objects.standing().true_at(moment).filter(parent__isnull=False)
    return sorted(rows.values_list("account_id", "parent_id"))


def touches_before(moment: datetime) -> dict[int, int]:
    counts: dict[int, int] = {}
    for account in Touch.objects.standing().filter(occurred_at__lt=moment).values_list("account_id", flat=True):
        counts[account] = counts.get(account, 0) + 1
    return counts


some = settings(max_examples=few(4, many=40), deadline=None)


@thorough
class AnyCompany(TestCase):
    databases = "__all__"

    @some
    @given(steps, pairs)
    def test_merged_and_taken_apart(self, told: list[tuple[str, int, int]], pair: tuple[int, int]) -> None:
        accounts = build(told)
        survivor, absorbed = accounts[pair[0]], accounts[pair[1]]
        before, days = facts(), [FIRST + n * DAY for n in range(0, 45, 4)]
        trees, owners = [tree_at(day) for day in days], dict(Account.objects.values_list("pk", "now__owner_id"))
        counted = [touches_before(day) for day in days]
        merge = merge_accounts(by=None, survivor=survivor, absorbed=absorbed, now=NOW)
        for day, was in zip(days, counted, strict=True):
            now = touches_before(day)
            assert now.get(absorbed.pk, 0) == 0
            assert now.get(survivor.pk, 0) == was.get(survivor.pk, 0) + was.get(absorbed.pk, 0)
            assert sum(now.values()) == sum(was.values())
        assert problems() == []
        unmerge_accounts(by=None, merge=merge, now=NOW + DAY)
        gave_owner = "owner" in merge.before
        for table, rows in facts().items():
            if not (gave_owner and table == "accounts.ownership"):
                assert rows == before[table], table
        assert dict(Account.objects.values_list("pk", "now__owner_id")) == owners
        assert [tree_at(day) for day in days if day < NOW] == [t for t, d in zip(trees, days, strict=True) if d < NOW]
        assert tree_at(NOW + 2 * DAY) == trees[-1]
        assert problems() == []

    @some
    @given(steps, pairs, st.booleans())
    def test_a_chain_in_either_order(
        self, told: list[tuple[str, int, int]], pair: tuple[int, int], first: bool
    ) -> None:
        accounts = build(told)
        third = next(n for n in range(ACCOUNTS) if n not in pair)
        before = facts()
        inner = merge_accounts(by=None, survivor=accounts[pair[1]], absorbed=accounts[third], now=NOW)
        outer = merge_accounts(by=None, survivor=accounts[pair[0]], absorbed=accounts[pair[1]], now=NOW + DAY)
        assert problems() == []
        for number, merge in enumerate([inner, outer] if first else [outer, inner]):
            unmerge_accounts(by=None, merge=merge, now=NOW + (2 + number) * DAY)
            assert problems() == []
        after = facts()
        for table in before:
            if table != "accounts.ownership":
                assert after[table] == before[table], table


def problems() -> list[str]:
    checks = [one for one in invariants() if one.key.startswith("accounts.") and one.key != "accounts.search"]
    return [problem for one in checks for problem in one.find(NOW + 30 * DAY)]
