"""Rows that are people, with the account they work at in the same row, and rows that are memberships."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from firstwin.accounts.actions.people import folded_email
from firstwin.accounts.actions.receive import (
    MembershipSaid,
    PersonSaid,
    Received,
    receive_memberships,
    receive_people,
)
from firstwin.accounts.actions.receive.people import mention_people
from firstwin.accounts.models import Membership
from firstwin.accounts.references import Reference
from firstwin.connectors.kinds.binding import RowSaid
from firstwin.connectors.kinds.intake import Intake, Resolver, Taken, either
from firstwin.connectors.ledger import hidden_id
from firstwin.connectors.matching.sift import leave_alone, sift
from firstwin.core.errors import Refused


class PersonRows:
    def identify(self, row: RowSaid, now: datetime) -> None:
        """Somebody without an id of the source is known by their address, which must not stand in the ledger."""
        _check_dates(row, now)
        if row.external_id:
            return
        if not row.values.get("email"):
            raise Refused("A person needs a key or a mail address.", field="email")
        row.external_id = hidden_id("person", folded_email(row.values["email"]))

    def receive(self, taken: Sequence[Taken], intake: Intake) -> Received:
        received = Received()
        sifted = sift(taken, intake, "people")
        taken = sifted.going
        leave_alone(sifted, received, intake)
        accounts = Resolver(taken, intake, ["account"])
        homes: dict[int, int | None] = {}
        said: list[PersonSaid] = []
        for one in taken:
            try:
                homes[one.row.line] = accounts.id(one, "account")
                said.append(_person(one, intake))
            except Refused as problem:
                received.refused[one.row.line] = problem
        stored = receive_people(said=said, source=intake.source, now=intake.now)
        received.new |= stored.new
        received.changed |= stored.changed
        received.refused |= stored.refused
        received.ids |= stored.ids
        if intake.is_dry:
            self._pretend(taken, received, intake)
        members = [
            replace(_membership(one, received.ids[one.row.line], home, intake), is_only="account" in one.news)
            for one in taken
            if one.row.line in received.ids and (home := homes[one.row.line]) is not None
        ]
        joined = _receive_memberships(members, intake)
        received.changed |= (joined.new | joined.changed) - received.new
        received.refused |= joined.refused
        received.touched = joined.touched
        return received

    def mention(self, rows: Sequence[RowSaid], intake: Intake) -> None:
        mention_people(source=intake.source, external_ids={row.external_id for row in rows}, now=intake.now)

    def _pretend(self, taken: Sequence[Taken], received: Received, intake: Intake) -> None:
        """New people were stored, but only until this slice is rolled back: later rows get an id that stays."""
        for one in taken:
            line = one.row.line
            if line not in received.new:
                continue
            pk = intake.pretended.id()
            received.ids[line] = pk
            intake.directory.pretend(Reference("person", "external_id", one.row.external_id, intake.source), pk)
            if one.row.values.get("email"):
                intake.directory.pretend(Reference("person", "email", one.row.values["email"]), pk)


class MembershipRows:
    def identify(self, row: RowSaid, now: datetime) -> None:
        """Known by person, account and start: the same person may come back."""
        _check_dates(row, now)
        if row.values.get("person") is None or row.values.get("account") is None:
            missing = "person" if row.values.get("person") is None else "account"
            raise Refused("A membership needs a person and an account.", field=missing)
        if not row.external_id:
            person, account = row.values["person"], row.values["account"]
            row.external_id = hidden_id(
                "membership", person.by, person.compared, account.by, account.compared, row.values.get("joined")
            )

    def receive(self, taken: Sequence[Taken], intake: Intake) -> Received:
        found = Resolver(taken, intake, ["person", "account"])
        received = Received()
        members: list[MembershipSaid] = []
        for one in taken:
            try:
                person, account = found.id(one, "person"), found.id(one, "account")
            except Refused as problem:
                received.refused[one.row.line] = problem
                continue
            received.ids[one.row.line] = account or 0
            if person is not None and account is not None:
                members.append(_membership(one, person, account, intake))
        joined = _receive_memberships(members, intake)
        received.new |= joined.new
        received.changed |= joined.changed
        received.touched = joined.touched
        return received

    def mention(self, rows: Sequence[RowSaid], intake: Intake) -> None:
        """A membership is no record of its own that could go stale."""


def _person(one: Taken, intake: Intake) -> PersonSaid:
    email = one.row.values.get("email")
    has_id = not one.row.external_id.startswith("~")
    name = one.said("name")
    if name is None and not email:
        raise Refused("A person needs a name or a mail address.", field="name")
    return PersonSaid(
        row=one.row.line,
        external_id=one.row.external_id if has_id else "",
        known_at=one.row.known_at or intake.now,
        match_email=folded_email(email)[:400] if email else "",
        name=either(name),
        email=either(one.said("email")),
        phone=either(one.said("phone")),
    )


def _check_dates(row: RowSaid, now: datetime) -> None:
    joined, left = row.values.get("joined"), row.values.get("left")
    if joined is not None and left is not None and left <= joined:
        raise Refused("Somebody leaves after they joined.", field="left")
    for name, moment in (("joined", joined), ("left", left)):
        if moment is not None and moment > now:
            raise Refused("This lies ahead. Import it when it has happened.", field=name)


def _membership(one: Taken, person: int, account: int, intake: Intake) -> MembershipSaid:
    if one.news & {"account", "person"}:  # elsewhere now: all that is said holds for the new place
        one = Taken(one.row, frozenset(one.row.values))
    title, roles = one.said("title"), one.said("roles")
    is_fresh = bool(one.news & {"joined", "left"})
    return MembershipSaid(
        row=one.row.line,
        person_id=person,
        account_id=account,
        known_at=one.row.known_at or intake.now,
        has_own_time=one.row.known_at is not None,
        title="" if title is None else title,
        roles=() if roles is None else roles,
        starts_at=one.row.values.get("joined") if is_fresh else None,
        ends_at=one.row.values.get("left") if is_fresh else None,
    )


def _receive_memberships(members: Sequence[MembershipSaid], intake: Intake) -> Received:
    real = [one for one in members if one.person_id > 0 and one.account_id > 0]
    received = receive_memberships(said=real, source=intake.source, now=intake.now)
    for one in members:
        if one.person_id > 0 and one.account_id > 0:
            continue
        received.new.add(one.row)
        received.ids[one.row] = one.account_id
        intake.pretended.accounts_of.setdefault(one.person_id, set()).add(one.account_id)
    return received


def accounts_of(people: set[int], intake: Intake) -> dict[int, list[tuple[int, Any, Any]]]:
    """Person → (account, from, to) of every membership, what a dry run pretends included."""
    found: dict[int, list[tuple[int, Any, Any]]] = {}
    rows = Membership.objects.standing().filter(person__in={pk for pk in people if pk > 0})
    for person, account, start, end in rows.values_list("person_id", "account_id", "valid_from", "valid_to"):
        found.setdefault(person, []).append((account, start, end))
    for person in people:
        for account in intake.pretended.accounts_of.get(person, ()):
            found.setdefault(person, []).append((account, intake.now, None))
    return found
