"""Decided customers as rows of the tables. Dated facts get both clocks, as if the product had been used all along."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models

from firstwin.accounts.actions.people import folded_email
from firstwin.accounts.models import (
    Account,
    AccountExternalId,
    AttributeValue,
    Domain,
    Membership,
    Note,
    Ownership,
    ParentLink,
    Person,
    Removal,
    RoleHeld,
    Tagging,
    Touch,
    TouchAttendee,
)
from firstwin.core.text import fold
from firstwin.demo.bulk import Row, hold, insert, next_id, settle
from firstwin.demo.calendar import moment
from firstwin.demo.cast import Stint
from firstwin.demo.company import Customer
from firstwin.demo.contacts import Contact
from firstwin.demo.ledgers import COLUMNS as LEDGER_COLUMNS
from firstwin.demo.ledgers import Ledgers
from firstwin.demo.told import Value

_CLOCKS = ("known_at", "known_until", "recorded_at", "source", "is_reconstructed")
_PERIOD = (*_CLOCKS, "valid_from", "valid_to", "stated_at")

COLUMNS: dict[type[models.Model], tuple[str, ...]] = {
    Account: ("id", "key", "name", "parent_id", "revision", "edition", "recorded_at", "removed_at", "source"),
    ParentLink: ("id", "account_id", "parent_id", *_PERIOD),
    Removal: ("id", "account_id", "reason", *_PERIOD),
    Ownership: ("id", "account_id", "kind", "user_id", "team_id", *_PERIOD),
    Tagging: ("id", "account_id", "tag_id", *_PERIOD),
    AttributeValue: ("id", "account_id", "attribute_id", "number", "text", "day", *_PERIOD),
    AccountExternalId: ("id", "account_id", "source", "external_id", "recorded_at", "seen_at"),
    Domain: ("id", "account_id", "name", "recorded_at"),
    Person: (
        "id", "key", "subject", "name", "email", "email_folded", "phone", "edition", "recorded_at", "removed_at",
        "source", "search_text",
    ),
    Membership: ("id", "person_id", "account_id", "title", *_PERIOD),
    RoleHeld: ("id", "person_id", "account_id", "role", *_PERIOD),
    Touch: (
        "id", "key", "account_id", "author_id", "kind", "direction", "occurred_at", "minutes", "is_planned",
        "sentiment", "summary", "next_step", "next_step_on", "external_id", "search_text", *_CLOCKS,
    ),
    TouchAttendee: ("id", "touch_id", "person_id"),
    Note: (
        "id", "account_id", "author_id", "body", "visibility", "is_pinned", "edition", "written_at", "edited_at",
        "removed_at", "search_text",
    ),
    **LEDGER_COLUMNS,
}  # fmt: skip

TABLES = tuple(COLUMNS)

EARLY = 7 * 60
"""Facts of a day are dated to seven in the morning, before anybody calls."""


@dataclass(frozen=True)
class House:
    """Ids of what stands already: the staff by place, teams by key, tags by name, attributes and products by key."""

    staff: Sequence[int]
    teams: dict[str, int]
    tags: dict[str, int]
    attributes: dict[str, int]
    products: dict[str, int]
    is_rich: bool = True


@dataclass(frozen=True, slots=True)
class Happened:
    """Something for the audit trail."""

    at: datetime
    actor: int | None
    did: str
    on_kind: str
    on_id: int
    account: int
    after: dict[str, Any] | None = None


@dataclass
class Rows:
    """Rows waiting to be stored. Ids continue after what the tables hold."""

    house: House
    since: datetime
    """From when on what happened goes into the audit trail."""
    waiting: dict[type[models.Model], list[Row]] = field(default_factory=lambda: defaultdict(list))
    happened: list[Happened] = field(default_factory=list)
    account_ids: dict[int, int] = field(default_factory=dict)
    person_ids: dict[str, int] = field(default_factory=dict)
    _next: dict[type[models.Model], int] = field(default_factory=dict)

    def begin(self) -> None:
        """Take the tables for this transaction."""
        hold(TABLES)
        self._next = {model: next_id(model) for model in TABLES}
        self.account_ids.clear()
        self.person_ids.clear()

    def store(self) -> None:
        """Write what is waiting, in an order that satisfies every reference."""
        for model in TABLES:
            insert(model, COLUMNS[model], self.waiting[model])
        self.waiting.clear()
        settle(TABLES)

    def take(self, customers: Sequence[Customer], keys: Sequence[str]) -> None:
        for customer in customers:
            self.account_ids[customer.script.number] = self._id(Account)
        for customer, key in zip(customers, keys, strict=True):
            self._customer(customer, key)

    def _id(self, model: type[models.Model]) -> int:
        given = self._next[model]
        self._next[model] = given + 1
        return given

    def add(self, model: type[models.Model], *values: Any) -> int:
        given = self._id(model)
        self.waiting[model].append((given, *values))
        return given

    def _period(
        self,
        model: type[models.Model],
        slot: Sequence[Any],
        starts_on: date,
        ends_on: date | None = None,
        *,
        source: str = "staff",
        known_on: date | None = None,
        end_known_on: date | None = None,
    ) -> None:
        """A dated fact as it would stand in the books: an end supersedes the open row that was there before it."""
        valid_from = moment(starts_on, EARLY)
        known_at = moment(known_on, EARLY) if known_on else valid_from
        if ends_on is None:
            self.add(model, *slot, known_at, None, known_at, source, False, valid_from, None, known_at)
            return
        valid_to = moment(ends_on, EARLY)
        end_known_at = moment(end_known_on, EARLY) if end_known_on else valid_to
        if end_known_at > known_at:
            self.add(model, *slot, known_at, end_known_at, known_at, source, False, valid_from, None, known_at)
        end_known_at = max(known_at, end_known_at)
        self.add(model, *slot, end_known_at, None, end_known_at, source, False, valid_from, valid_to, known_at)

    def _customer(self, customer: Customer, key: str) -> None:
        script = customer.script
        account = self.account_ids[script.number]
        parent = self.account_ids[script.parent] if script.parent is not None else None
        recorded_at = moment(script.recorded_on, EARLY)
        removed_on = customer.removed_on
        removed_at = moment(removed_on, EARLY) if removed_on else None
        self.waiting[Account].append(
            (account, key, script.name, parent, 1 + len(customer.touches), 1, recorded_at, removed_at, "crm")
        )
        if parent is not None:
            self._period(ParentLink, (account, parent), script.recorded_on, source="crm")
        if removed_on is not None:
            self._period(Removal, (account, "No longer a customer"), removed_on)
        self._happened(recorded_at, None, "account.opened", "accounts.account", account, account, {"name": script.name})
        self.add(Domain, account, script.domain, recorded_at)
        for known in customer.sources:
            self.add(
                AccountExternalId, account, known.source, known.external_id, recorded_at, moment(known.seen_on, 310)
            )
        for stint in customer.stints:
            self._stint(account, stint)
        for value in customer.values:
            self._value(account, value)
        for label in customer.labels:
            self._period(Tagging, (account, self.house.tags[label.name]), label.starts_on, label.ends_on)
        for contact in customer.contacts:
            self._contact(account, contact, self._staff(customer.stints[0].who))
        self._words(account, customer)
        ledgers = Ledgers(self, self.house.products, is_rich=self.house.is_rich)
        ledgers.deal(account, customer.deal, script.recorded_on)
        ledgers.bills(account, customer.bills)
        ledgers.purses(account, customer.purses)
        ledgers.asks(account, customer.asks, self.person_ids)

    def _stint(self, account: int, stint: Stint) -> None:
        who = self._staff(stint.who)
        team = self.house.teams[stint.team] if stint.team else None
        # Cover is announced with its end; an owner's end is known when it comes.
        end_known_on = stint.known_on if stint.kind == "cover" else None
        self._period(
            Ownership, (account, stint.kind, who, team), stint.starts_on, stint.ends_on,
            known_on=stint.known_on, end_known_on=end_known_on,
        )  # fmt: skip
        did = "account.assigned" if stint.kind == "named" else "account.owner_added"
        at = moment(stint.known_on or stint.starts_on, EARLY)
        after = {"owner": who} if stint.kind == "named" else {"kind": stint.kind, "user": who, "team": team}
        self._happened(at, None, did, "accounts.account", account, account, after)

    def _value(self, account: int, value: Value) -> None:
        attribute = self.house.attributes.get(value.key)
        if attribute is not None:  # operations may have archived a default attribute
            slot = (account, attribute, value.number, value.text, value.day)
            self._period(AttributeValue, slot, value.starts_on, value.ends_on, source=value.source)

    def _contact(self, account: int, contact: Contact, by: int | None) -> None:
        human = contact.human
        joined_at = moment(contact.joined_on, EARLY)
        person = self.person_ids.get(human.key)
        if person is None:
            known_at = moment(human.known_on, EARLY)
            email = human.email
            person = self.person_ids[human.key] = self.add(
                Person, human.key, human.subject, human.name, email, folded_email(email) if email else "", human.phone,
                1, known_at, None, "staff", fold(f"{human.name} {email}"),
            )  # fmt: skip
            self._happened(known_at, by, "person.added", "accounts.person", person, account, {"name": human.name})
        self._spell(Membership, (person, account, contact.title), contact)
        after = {"account": account}
        self._happened(joined_at, by, "person.joined", "accounts.person", person, account, after)
        for role in contact.roles:
            self._spell(RoleHeld, (person, account, role), contact)
            self._happened(joined_at, by, "role.given", "accounts.person", person, account, after | {"role": role})
        if contact.left_known_on:
            left_at = moment(contact.left_known_on, EARLY)
            self._happened(left_at, by, "person.left", "accounts.person", person, account, after)

    def _spell(self, model: type[models.Model], slot: Sequence[Any], contact: Contact) -> None:
        self._period(model, slot, contact.joined_on, contact.left_on, end_known_on=contact.left_known_on)

    def _words(self, account: int, customer: Customer) -> None:
        for said in customer.touches:
            author = self._staff(said.author)
            touch = self.add(
                Touch, said.key, account, author, said.kind, said.direction, said.occurred_at, said.minutes,
                said.is_planned, said.sentiment, said.summary, said.next_step, said.next_step_on, "",
                fold(f"{said.summary} {said.next_step}"), said.recorded_at, None, said.recorded_at, "staff", False,
            )  # fmt: skip
            for key in said.attendees:
                self.add(TouchAttendee, touch, self.person_ids[key])
            self._happened(said.recorded_at, author, "touch.logged", "accounts.touch", touch, account)
        for remark in customer.remarks:
            shown = "customer" if remark.is_shared else "internal"
            self.add(
                Note, account, self._staff(remark.author), remark.body, shown, remark.is_pinned, 1, remark.written_at,
                None, None, fold(remark.body),
            )  # fmt: skip

    def _staff(self, place: int | None) -> int | None:
        return None if place is None else self.house.staff[place]

    def _happened(
        self, at: datetime, actor: int | None, did: str, on_kind: str, on_id: int, account: int, after: Any = None
    ) -> None:
        if at >= self.since:
            self.happened.append(Happened(at, actor, did, on_kind, on_id, account, after))
