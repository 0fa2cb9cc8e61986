"""Who works where, as what, as a source tells it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from firstwin.accounts.actions.receive.said import UNSAID, MembershipSaid, Received
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.lines import MEMBERSHIP, ROLE
from firstwin.accounts.models import Membership, RoleHeld
from firstwin.accounts.timeline import ABSENT, Line, Statement
from firstwin.core.failpoints import failpoint

Slot = tuple[int, int]


def receive_memberships(*, said: Sequence[MembershipSaid], source: str, now: datetime) -> Received:
    """State memberships and roles. A start in the past without the source's own time is marked reconstructed."""
    received = Received(ids={one.row: one.account_id for one in said})
    with transaction.atomic():
        people = {one.person_id for one in said}
        members = Membership.objects.standing().filter(person__in=people)
        titles: dict[Slot, str] = {}
        for person, account, title in members.order_by("valid_from").values_list("person_id", "account_id", "title"):
            titles[person, account] = title
        held = _held(people, source)
        ends = _ends(said, held, source)
        changed: set[Slot] = set()
        for is_reconstructed in (False, True):
            some = [one for one in said if _is_reconstructed(one) == is_reconstructed]
            new = {(one.person_id, one.account_id) for one in some} - titles.keys()
            memberships = [statement for one in some for statement in _membership(one, titles)]
            roles = [statement for one in some for statement in _roles(one, held)]
            changed |= _put(MEMBERSHIP, memberships, source, now, is_reconstructed)
            changed |= _put(ROLE, roles, source, now, is_reconstructed)
            if not is_reconstructed:
                changed |= _put(MEMBERSHIP, ends[0], source, now, False) | _put(ROLE, ends[1], source, now, False)
            received.new |= {one.row for one in some if (one.person_id, one.account_id) in new & changed}
        moved = {person for person, _ in changed}
        received.changed = {
            one.row
            for one in said
            if one.row not in received.new
            and ((one.person_id, one.account_id) in changed or (one.is_only and one.person_id in moved))
        }
        failpoint("receive.memberships.stated")
        received.touched = {account for _, account in changed}
        bump_revision(received.touched)
    return received


def _is_reconstructed(one: MembershipSaid) -> bool:
    return one.starts_at is not None and not one.has_own_time


def _held(people: Iterable[int], source: str) -> dict[Slot, set[str]]:
    """The roles this source said people play."""
    held: dict[Slot, set[str]] = {}
    rows = RoleHeld.objects.open().filter(person__in=people, source=source)
    for person, account, role in rows.values_list("person_id", "account_id", "role"):
        held.setdefault((person, account), set()).add(role)
    return held


def _ends(
    said: Sequence[MembershipSaid], held: dict[Slot, set[str]], source: str
) -> tuple[list[Statement], list[Statement]]:
    """What ends because somebody is elsewhere now: memberships, and the roles played there."""
    only = {one.person_id: one for one in said if one.is_only}
    rows = Membership.objects.open().filter(person__in=only, source=source)
    memberships: list[Statement] = []
    roles: list[Statement] = []
    for person, account in rows.values_list("person_id", "account_id"):
        known_at = only[person].known_at
        if account != only[person].account_id:
            memberships.append(Statement((person, account), ABSENT, known_at, known_at))
            gone = sorted(held.get((person, account), ()))
            roles += [Statement((person, account, role), ABSENT, known_at, known_at) for role in gone]
    return memberships, roles


def _membership(one: MembershipSaid, titles: dict[Slot, str]) -> list[Statement]:
    slot = (one.person_id, one.account_id)
    title = titles.get(slot, "") if one.title is UNSAID else one.title
    is_known = titles.get(slot) == title
    statements: list[Statement] = []
    if not is_known or one.starts_at is not None:
        at = one.starts_at or one.known_at
        statements.append(Statement(slot, (title,), at, one.known_at))
        titles[slot] = title
    if one.ends_at is not None:
        statements.append(Statement(slot, ABSENT, one.ends_at, one.known_at))
    return statements


def _roles(one: MembershipSaid, held: dict[Slot, set[str]]) -> list[Statement]:
    slot = (one.person_id, one.account_id)
    before = held.get(slot, set())
    wanted = before if one.roles is UNSAID else set(one.roles)
    at = one.starts_at or one.known_at
    statements = [Statement((*slot, role), (), at, one.known_at) for role in sorted(wanted - before)]
    statements += [Statement((*slot, role), ABSENT, one.known_at, one.known_at) for role in sorted(before - wanted)]
    if one.ends_at is not None:
        statements += [Statement((*slot, role), ABSENT, one.ends_at, one.known_at) for role in sorted(wanted)]
    held[slot] = set() if one.ends_at is not None else wanted
    return statements


def _put(line: Line, statements: list[Statement], source: str, now: datetime, is_reconstructed: bool) -> set[Slot]:
    changed = line.put(statements, source=source, now=now, is_reconstructed=is_reconstructed)
    return {(statement.slot[0], statement.slot[1]) for statement in changed}
