"""The humans at a customer: add, edit, join, leave, and the roles they play."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from firstwin.accounts import rules
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.lines import MEMBERSHIP, ROLE
from firstwin.accounts.models import Account, ContactRole, Membership, Person, RoleHeld
from firstwin.accounts.rules import Actor
from firstwin.accounts.timeline import ABSENT, Statement
from firstwin.core.errors import Conflict, Refused
from firstwin.core.text import fold, is_clean
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable


def folded_email(address: str) -> str:
    """The form in which mail addresses are compared: case, Unicode form and IDN folded. Plus tags are kept."""
    local, at, host = fold(address).rpartition("@")
    if not at:
        return fold(address)
    with suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    return f"{local}@{host}"


def checked_person(name: str, email: str, phone: str) -> tuple[str, str, str]:
    """Tidy (name, email, phone). A nameless person is called by their address. Raises Refused."""
    name, email, phone = " ".join(name.split()), email.strip(), " ".join(phone.split())
    if email and not _is_address(email):
        raise Refused(f"{email[:80]!r} is not a mail address.", field="email")
    if not name and not email:
        raise Refused("A person needs a name or a mail address.", field="name")
    name = name or email.split("@")[0]
    if len(name) > 200 or len(phone) > 60:
        raise Refused("The name has at most 200 characters and the phone 60.", field="name")
    if not all(map(is_clean, (name, email, phone))):
        raise Refused("The text holds characters that cannot be stored.", field="name")
    return name, email, phone


def _is_address(text: str) -> bool:
    local, at, host = text.rpartition("@")
    return bool(at and local and "." in host and len(text) <= 320) and not any(c.isspace() or c in "<>,;" for c in text)


def new_person(*, name: str, email: str, phone: str, now: datetime, source: str) -> Person:
    """An unsaved person with everything derived filled in. Shared with the import."""
    name, email, phone = checked_person(name, email, phone)
    return Person(
        name=name,
        email=email,
        email_folded=folded_email(email)[:400] if email else "",
        phone=phone,
        recorded_at=now,
        source=source,
        search_text=fold(f"{name} {email}"),
    )


def add_person(
    *,
    by: Actor,
    account: Account,
    now: datetime,
    name: str,
    email: str = "",
    phone: str = "",
    title: str = "",
    roles_played: Collection[ContactRole | str] = (),
    source: str = "staff",
) -> Person:
    """Add somebody at `account`. Somebody already known by this mail address joins instead of standing twice."""
    rules.require_edit(by, [account])
    fresh = new_person(name=name, email=email, phone=phone, now=now, source=source)
    with transaction.atomic():
        person = None
        if fresh.email_folded:
            known = Person.objects.filter(removed_at__isnull=True)
            person = known.filter(email_folded=fresh.email_folded).first()
            person = person or known.filter(addresses__email_folded=fresh.email_folded).first()
        if person is None:
            fresh.save()
            person = fresh
            record(by=by, did="person.added", on=person, now=now, account_id=account.pk, after=_facts(person))
        join(by=by, person=person, account=account, title=title, now=now, source=source)
        for role in roles_played:
            give_role(by=by, person=person, account=account, role=ContactRole(role), now=now, source=source)
    return person


def edit_person(
    *, by: Actor, person: Person, now: datetime, edition: int, name: str, email: str, phone: str
) -> dict[str, Any]:
    """Change who somebody is. Returns what was before. Raises Conflict when somebody saved in between."""
    accounts = list(Account.objects.filter(pk__in=_accounts_of(person)))
    rules.require_edit(by, accounts)
    fresh = new_person(name=name, email=email, phone=phone, now=now, source=person.source)
    with transaction.atomic():
        claimed = Person.objects.filter(pk=person.pk, edition=edition).update(edition=F("edition") + 1)
        person.refresh_from_db()
        if not claimed:
            raise Conflict(
                "Somebody saved this person while you were editing.",
                mine={"Name": fresh.name, "Email": fresh.email, "Phone": fresh.phone},
                theirs={"Name": person.name, "Email": person.email, "Phone": person.phone},
            )
        before = _facts(person)
        for column in ("name", "email", "email_folded", "phone", "search_text"):
            setattr(person, column, getattr(fresh, column))
        person.save(update_fields=["name", "email", "email_folded", "phone", "search_text"])
        if before != _facts(person):
            account = accounts[0].pk if accounts else None
            record(
                by=by, did="person.edited", on=person, now=now, account_id=account, before=before, after=_facts(person)
            )
            bump_revision([a.pk for a in accounts])
    return before


def join(
    *,
    by: Actor,
    person: Person,
    account: Account,
    now: datetime,
    title: str = "",
    starts_at: datetime | None = None,
    source: str = "staff",
) -> bool:
    """Say that `person` works at `account`, as `title`. False when that was known."""
    if len(title) > 200 or not is_clean(title):
        raise Refused("A title has at most 200 plain characters.", field="title")
    return _put(
        by,
        MEMBERSHIP,
        (person.pk, account.pk),
        (" ".join(title.split()),),
        account,
        person,
        "person.joined",
        now,
        starts_at,
        source,
    )


def leave(
    *, by: Actor, person: Person, account: Account, now: datetime, left_at: datetime | None = None
) -> dict[str, Any] | None:
    """Say that `person` left `account`; the roles they played there end too. Returns what an undo needs."""
    if left_at is not None and left_at > now:
        raise Refused("A leaving date lies in the past or today.", field="left_on")
    with transaction.atomic():
        member = Membership.objects.open().filter(person=person, account=account).first()
        held = RoleHeld.objects.open().filter(person=person, account=account)
        played = list(held.values_list("role", flat=True))
        for role in played:
            end_role(by=by, person=person, account=account, role=ContactRole(role), now=now, ended_at=left_at)
        slot = (person.pk, account.pk)
        if not _put(by, MEMBERSHIP, slot, ABSENT, account, person, "person.left", now, left_at, "staff"):
            return None
    return {"person": person.pk, "account": account.pk, "title": member.title if member else "", "roles": played}


def give_role(
    *,
    by: Actor,
    person: Person,
    account: Account,
    role: ContactRole,
    now: datetime,
    starts_at: datetime | None = None,
    source: str = "staff",
) -> bool:
    """Say that `person` plays `role` at `account`. False when that was known. Raises Refused for a stranger there."""
    if not Membership.objects.standing().true_at(now).filter(person=person, account=account).exists():
        raise Refused(f"{person.name} does not work at {account.name}.", field="person")
    slot = (person.pk, account.pk, role.value)
    return _put(by, ROLE, slot, (), account, person, "role.given", now, starts_at, source, role.value)


def end_role(
    *, by: Actor, person: Person, account: Account, role: ContactRole, now: datetime, ended_at: datetime | None = None
) -> bool:
    """Say that `person` no longer plays `role` at `account`."""
    slot = (person.pk, account.pk, role.value)
    return _put(by, ROLE, slot, ABSENT, account, person, "role.ended", now, ended_at, "staff", role.value)


@undoable("person.left")
def come_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: what `leave` returned."""
    person, account = Person.objects.get(pk=payload["person"]), Account.objects.get(pk=payload["account"])
    join(by=None, person=person, account=account, now=now, title=payload["title"])
    for role in payload["roles"]:
        give_role(by=None, person=person, account=account, role=ContactRole(role), now=now)


@undoable("role.given")
def take_role(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"person", "account", "role"}."""
    person, account = Person.objects.get(pk=payload["person"]), Account.objects.get(pk=payload["account"])
    end_role(by=None, person=person, account=account, role=ContactRole(payload["role"]), now=now)


@undoable("role.ended")
def return_role(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    person, account = Person.objects.get(pk=payload["person"]), Account.objects.get(pk=payload["account"])
    give_role(by=None, person=person, account=account, role=ContactRole(payload["role"]), now=now)


def _put(
    by: Actor,
    line: Any,
    slot: Sequence[Any],
    value: Any,
    account: Account,
    person: Person,
    did: str,
    now: datetime,
    at: datetime | None,
    source: str,
    role: str = "",
) -> bool:
    rules.require_edit(by, [account])
    with transaction.atomic():
        statement = Statement(tuple(slot), value, at or now, now)
        if not line.put([statement], source=source, now=now, narrow=lambda rows: rows.filter(account=account.pk)):
            return False
        after = {"account": account.pk} | ({"role": role} if role else {})
        record(by=by, did=did, on=person, now=now, account_id=account.pk, after=after)
        bump_revision([account.pk])
        refresh_now([account.pk], now=now)
    return True


def _accounts_of(person: Person) -> list[int]:
    return list(Membership.objects.open().filter(person=person).values_list("account_id", flat=True))


def _facts(person: Person) -> dict[str, str]:
    return {"name": person.name, "email": person.email, "phone": person.phone}
