"""Rows that are accounts, and in a second pass their parents."""

from collections.abc import Sequence
from datetime import datetime

from firstwin.accounts.actions.receive import (
    UNSAID,
    AccountSaid,
    ParentSaid,
    Received,
    receive_accounts,
    receive_parents,
)
from firstwin.accounts.actions.receive.accounts import mention_accounts
from firstwin.accounts.models import Account, AccountExternalId
from firstwin.accounts.references import Reference
from firstwin.connectors.kinds.binding import ATTRIBUTE, RowSaid
from firstwin.connectors.kinds.intake import Intake, Resolver, Staff, Taken, either
from firstwin.connectors.matching.sift import attach, leave_alone, sift
from firstwin.core.errors import Refused

UNKNOWN_AND_GONE = "removed at the source, never known here"
_NOTHING = (None, None, None)


class AccountRows:
    def identify(self, row: RowSaid, now: datetime) -> None:
        """Accounts always have a key."""

    def receive(self, taken: Sequence[Taken], intake: Intake) -> Received:
        received = Received()
        sifted = sift(taken, intake, "accounts")
        attach(sifted.going, sifted.certain, intake)
        taken = sifted.going
        leave_alone(sifted, received, intake)
        staff = Staff(taken, intake, "owner")
        known = _known({one.row.external_id for one in taken}, intake.source)
        said: list[AccountSaid] = []
        for one in taken:
            if one.row.values.get("removed") and one.row.external_id not in known:
                intake.report.skipped[UNKNOWN_AND_GONE] += 1
                received.ids[one.row.line] = 0
                received.skipped.add(one.row.line)
                continue
            try:
                said.append(_said(one, staff, intake))
            except Refused as problem:
                received.refused[one.row.line] = problem
        if intake.is_dry:
            said = _pretend(said, known, received, intake)
        stored = receive_accounts(said=said, source=intake.source, now=intake.now)
        received.ids |= stored.ids
        received.new |= stored.new
        received.changed |= stored.changed
        received.refused |= stored.refused
        received.touched = stored.touched
        return received

    def mention(self, rows: Sequence[RowSaid], intake: Intake) -> None:
        mention_accounts(source=intake.source, external_ids={row.external_id for row in rows}, now=intake.now)


class ParentRows:
    """The second pass: rows that were taken in, each with its parent."""

    def identify(self, row: RowSaid, now: datetime) -> None:
        """Accounts always have a key."""

    def receive(self, taken: Sequence[Taken], intake: Intake) -> Received:
        parents = Resolver(taken, intake, ["parent"])
        own = {
            name: Reference("account", "external_id", name, intake.source)
            for name in (one.row.external_id for one in taken)
        }
        ids = intake.directory.find(own.values())
        received = Received()
        said: list[ParentSaid] = []
        for one in taken:
            account = ids[own[one.row.external_id]]
            if not isinstance(account, int):
                continue  # it was skipped in the first pass
            try:
                parent = parents.id(one, "parent")
                if parent is None and one.row.values.get("parent") is not None:
                    continue  # unknown, and the mapping says to leave it
                if intake.is_dry and (account < 0 or (parent or 0) < 0):
                    _pretend_parent(one, account, parent, received)
                    continue
            except Refused as problem:
                received.refused[one.row.line] = problem
                continue
            known_at = one.row.known_at or intake.now
            said.append(ParentSaid(row=one.row.line, account_id=account, parent_id=parent, known_at=known_at))
        stored = receive_parents(said=said, source=intake.source, now=intake.now)
        received.changed |= stored.changed
        received.refused |= stored.refused
        # A row that has no account yet is not remembered: its parent is news once it has one.
        received.ids |= {one.row.line: 0 for one in taken if isinstance(ids[own[one.row.external_id]], int)}
        received.touched = stored.touched
        return received

    def mention(self, rows: Sequence[RowSaid], intake: Intake) -> None:
        """The first pass did."""


def _known(external_ids: set[str], source: str) -> set[str]:
    rows = AccountExternalId.objects.filter(source=source, external_id__in=external_ids)
    return set(rows.values_list("external_id", flat=True))


def _said(one: Taken, staff: Staff, intake: Intake) -> AccountSaid:
    tags = one.said("tags")
    attributes = {
        intake.attributes[name.removeprefix(ATTRIBUTE)].pk: one.row.values[name] or _NOTHING
        for name in one.news
        if name.startswith(ATTRIBUTE)
    }
    owner = staff.id(one) if "owner" in one.news else UNSAID
    return AccountSaid(
        row=one.row.line,
        external_id=one.row.external_id,
        known_at=one.row.known_at or intake.now,
        name=either(one.said("name")),
        key=either(one.said("key")),
        domains=either(one.said("domains")),
        tags=() if tags is None else tags,
        owner_id=owner,
        removed=one.said("removed"),
        attributes=attributes,
    )


def _pretend(said: Sequence[AccountSaid], known: set[str], received: Received, intake: Intake) -> list[AccountSaid]:
    """Say what new accounts would become without storing them. Returns the records of known accounts."""
    wanted = {one.key for one in said if one.key is not UNSAID}
    taken = set(Account.objects.filter(key__in=wanted).values_list("key", flat=True)) if wanted else set()
    for one in said:
        if one.external_id in known:
            continue
        if one.name is UNSAID:
            received.refused[one.row] = Refused("A new account needs a name.", field="name")
        elif one.key is not UNSAID and one.key in taken:
            received.refused[one.row] = Refused(f"The key {one.key!r} is taken.", field="key")
        else:
            pk = intake.pretended.id()
            received.ids[one.row] = pk
            received.new.add(one.row)
            find = intake.directory.pretend
            find(Reference("account", "external_id", one.external_id, intake.source), pk)
            find(Reference("account", "name", one.name), pk)
            if one.key is not UNSAID:
                taken.add(one.key)
                find(Reference("account", "key", one.key), pk)
            for domain in () if one.domains is UNSAID else one.domains:
                find(Reference("account", "domain", domain), pk)
    return [one for one in said if one.external_id in known]


def _pretend_parent(one: Taken, account: int, parent: int | None, received: Received) -> None:
    if account == parent:
        raise Refused("An account cannot be its own parent.", field="parent")
    if parent is not None:
        received.changed.add(one.row.line)
