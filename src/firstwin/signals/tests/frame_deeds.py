"""A small world in which anything may happen to a few accounts, for tests of what is said of them afterwards."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from firstwin.accounts.actions.assign import add_owner, assign_owner
from firstwin.accounts.actions.define_attribute import define_attribute
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.people import add_person, give_role, leave
from firstwin.accounts.actions.remove import remove_account, restore_account
from firstwin.accounts.actions.set_attributes import set_attributes
from firstwin.accounts.actions.set_parent import set_parent
from firstwin.accounts.actions.set_tags import set_tags
from firstwin.accounts.actions.touches import log_touch, retract_touch
from firstwin.accounts.models import (
    Account,
    Attribute,
    AttributeKind,
    ContactRole,
    Direction,
    OwnershipKind,
    Person,
    Touch,
    TouchKind,
)
from firstwin.core.clock import day_of
from firstwin.core.errors import FirstwinError
from firstwin.core.rates import put_rate
from firstwin.people.models import User
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_team, make_user
from firstwin.revenue.actions.receive import ContractSaid, receive_contracts
from firstwin.revenue.models import Product
from firstwin.revenue.tests.facts import product, say_card, say_invoice, say_line
from firstwin.support.tests.told import said, tell

START = datetime(2025, 1, 6, 9, 30, tzinfo=UTC)
ACCOUNTS = 4


@dataclass
class World:
    now: datetime = START
    accounts: list[Account] = field(default_factory=list)
    staff: list[User] = field(default_factory=list)
    people: list[tuple[Person, Account]] = field(default_factory=list)
    attributes: list[Attribute] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    teams: list[Any] = field(default_factory=list)

    @classmethod
    def begun(cls) -> "World":
        made = cls()
        made.teams = [make_team("East"), make_team("West")]
        made.staff = [make_user(f"Member {n}", role=Role.CSM, team=made.teams[n % 2]) for n in range(3)]
        made.products = [product("Pro"), product("Extra")]
        boss = make_user("Olga Berg", role=Role.OPERATIONS)
        words = [("a", "A"), ("b", "B")]
        for kind in AttributeKind:
            choices = words if kind == AttributeKind.CHOICE else ()
            unit = "USD" if kind == AttributeKind.MONEY else ""
            made.attributes.append(
                define_attribute(by=boss, label=f"Of {kind.value}", kind=kind, now=START, choices=choices, unit=unit)
            )
        for n in range(ACCOUNTS):
            made.accounts.append(open_account(by=None, name=f"Éclair {n}", now=START))
        for days, rate in ((-400, "1.0837"), (30, "1.1234567"), (90, "0.987654321012")):
            put_rate(on=day_of(START + timedelta(days=days)), base="EUR", quote="USD", rate=Decimal(rate), source="ecb")
            put_rate(
                on=day_of(START + timedelta(days=days)), base="USD", quote="JPY", rate=Decimal("151.3"), source="ecb"
            )
        return made

    def account(self, a: int) -> Account:
        return self.accounts[a % ACCOUNTS]

    def ago(self, b: int) -> datetime:
        """The moment itself, or some time before it."""
        return self.now - timedelta(hours=(0, 5, 40, 700, 3_000)[b % 5])

    def do(self, deed: int, a: int, b: int, c: int) -> None:
        """What cannot be done is left."""
        with suppress(FirstwinError):
            DEEDS[deed % len(DEEDS)](self, a, b, c)


def _owner(w: World, a: int, b: int, c: int) -> None:
    owner = ([*w.staff, None])[b % 4]
    assign_owner(by=None, accounts=[w.account(a)], owner=owner, now=w.now, starts_at=w.ago(c))


def _other_owner(w: World, a: int, b: int, c: int) -> None:
    kind = [OwnershipKind.CO_OWNER, OwnershipKind.COVER][b % 2]
    add_owner(by=None, accounts=[w.account(a)], kind=kind, user=w.staff[c % 3], now=w.now)


def _pool(w: World, a: int, b: int, c: int) -> None:
    add_owner(by=None, accounts=[w.account(a)], kind=OwnershipKind.POOLED, team=w.teams[b % 2], now=w.now)


def _tags(w: World, a: int, b: int, c: int) -> None:
    set_tags(by=None, account=w.account(a), names=[("vip",), ("vip", "Fragile Ö"), ()][b % 3], now=w.now)


def _parent(w: World, a: int, b: int, c: int) -> None:
    parent = w.account(b) if c % 3 else None
    set_parent(by=None, account=w.account(a), parent=parent, now=w.now)


def _remove(w: World, a: int, b: int, c: int) -> None:
    account = Account.objects.get(pk=w.account(a).pk)
    if b % 2:
        restore_account(by=None, account=account, now=w.now)
    else:
        remove_account(by=None, account=account, reason="", now=w.now)


def _touch(w: World, a: int, b: int, c: int) -> None:
    log_touch(
        by=None, account=w.account(a), kind=TouchKind.CALL, direction=list(Direction)[b % 3],
        occurred_at=w.ago(c), summary="We spoke", now=w.now, next_step="Send the plan" if b % 2 else "",
        next_step_on=day_of(w.now + timedelta(days=c % 9)) if b % 2 else None,
    )  # fmt: skip


def _retract(w: World, a: int, b: int, c: int) -> None:
    found = Touch.objects.standing().filter(account=w.account(a)).order_by("pk").first()
    if found is not None:
        retract_touch(by=None, touch=found, now=w.now)


def set_one_attribute(w: World, a: int, b: int, c: int) -> None:
    attribute = w.attributes[b % len(w.attributes)]
    values: dict[str, tuple[Any, ...]] = {
        "number": ("7", "2.5", None), "money": ("12.34", "0", None), "date": ("2025-02-03", "2026-01-01", None),
        "flag": ("yes", "no", None), "choice": ("a", "b", None), "text": ("Größe", "two  WORDS", None),
    }  # fmt: skip
    source, starts = ("staff", w.ago(c)) if a % 2 else ("crm", w.ago(c + 1))
    value = values[attribute.kind][c % 3]
    set_attributes(
        by=None, accounts=[w.account(a)], values={attribute: value}, now=w.now, starts_at=starts, source=source
    )


def _person(w: World, a: int, b: int, c: int) -> None:
    role = [(), (ContactRole.SPONSOR,), (ContactRole.DOER, ContactRole.CHAMPION), (ContactRole.TECHNICAL,)][b % 4]
    person = add_person(by=None, account=w.account(a), now=w.now, name=f"Person {len(w.people)}", roles_played=role)
    w.people.append((person, w.account(a)))


def _role(w: World, a: int, b: int, c: int) -> None:
    if w.people:
        person, account = w.people[a % len(w.people)]
        give_role(by=None, person=person, account=account, role=list(ContactRole)[b % 6], now=w.now)


def _leave(w: World, a: int, b: int, c: int) -> None:
    if w.people:
        person, account = w.people[a % len(w.people)]
        leave(by=None, person=person, account=account, now=w.now, left_at=w.ago(c))


def _line(w: World, a: int, b: int, c: int) -> None:
    begins = day_of(w.now) + timedelta(days=(-200, -3, 0, 20)[b % 4])
    ends = (None, begins, begins + timedelta(days=60), begins + timedelta(days=365))[c % 4]
    say_line(
        w.account(a), f"L{a}{b % 3}", now=w.now, starts_on=begins, ends_on=ends,
        currency=("USD", "EUR", "JPY", "GBP")[c % 4], product_id=(None, w.products[0].pk, w.products[1].pk)[b % 3],
        is_trial=b % 5 == 4, quantity=(None, 5, 12)[c % 3],
        charge=("recurring", "recurring", "metered", "one_off")[b % 4], amount_minor=(99_99, 0, 1_000_01)[a % 3],
        renews_on=begins + timedelta(days=30 * (c % 4)) if b % 2 else None, auto_renews=(None, True, False)[a % 3],
        notice_on=begins + timedelta(days=10) if c % 2 else None, corrects=c % 5 == 0,
    )  # fmt: skip


def _contract(w: World, a: int, b: int, c: int) -> None:
    begins = day_of(w.now) + timedelta(days=(-100, 0, 40)[b % 3])
    one = ContractSaid(
        row=2, external_id=f"C{a}", known_at=w.now, account_id=w.account(a).pk, starts_on=begins,
        ends_on=begins + timedelta(days=150) if c % 2 else None, renews_on=begins + timedelta(days=20 * (c % 9)),
        auto_renews=(None, True, False)[b % 3], cancelled_on=day_of(w.now) if c % 3 == 2 else None,
        notice_on=begins + timedelta(days=15),
    )  # fmt: skip
    receive_contracts(said=[one], source="crm", origin=None, now=w.now)


def _invoice(w: World, a: int, b: int, c: int) -> None:
    issued = day_of(w.now) - timedelta(days=(0, 20, 90)[b % 3])
    state = ("open", "open", "paid", "void")[c % 4]
    settled = w.ago(c) if state != "open" and b % 2 else None
    say_invoice(
        w.account(a), f"I{a}{b % 2}", now=w.now, issued_on=issued, due_on=issued + timedelta(days=14), state=state,
        currency=("USD", "EUR", "JPY", "GBP")[b % 4], total_minor=(100_01, 2_500_00)[a % 2],
        paid_minor=(100_01, 2_500_00)[a % 2] if state == "paid" else (0, 50_00)[c % 2], settled_at=settled,
    )  # fmt: skip


def _card(w: World, a: int, b: int, c: int) -> None:
    say_card(
        w.account(a), f"K{b % 3}{a}", now=w.now, added_at=w.ago(c), is_default=b % 2 == 0,
        expires_on=day_of(w.now) + timedelta(days=30 * (c % 7)), removed_at=w.now if c % 4 == 3 else None,
    )  # fmt: skip


def _ticket(w: World, a: int, b: int, c: int) -> None:
    status = ("new", "open", "pending", "solved", "closed", "on_hold")[c % 6]
    is_done = status in {"solved", "closed"}
    opened = w.now - timedelta(hours=(0, 3, 30, 500)[b % 4])
    one = said(
        w.account(a), f"T{a}{b}", known_at=w.now, has_own_time=True, opened_at=opened, status=status,
        closed_at=w.now if is_done else None, priority=("low", "normal", "high", "urgent")[b % 4],
        csat=1 + c % 5 if is_done and b % 2 else None, rated_at=w.now if is_done and b % 2 else None,
        first_response_at=opened + timedelta(hours=1) if c % 2 and opened < w.now - timedelta(hours=2) else None,
    )  # fmt: skip
    tell(one, now=w.now)


DEEDS: tuple[Callable[[World, int, int, int], None], ...] = (
    _owner, _other_owner, _pool, _tags, _parent, _remove, _touch, _retract, set_one_attribute, set_one_attribute,
    _person, _role, _leave, _line, _line, _contract, _invoice, _invoice, _card, _ticket, _ticket,
)  # fmt: skip
