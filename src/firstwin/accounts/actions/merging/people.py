"""Merge two records of one human, and take that apart again. Both their addresses go on to mean the one who stays."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from firstwin.accounts import rules
from firstwin.accounts.actions.merging.moves import move_all, move_back
from firstwin.accounts.actions.people import folded_email, new_person
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.merged import holders_of, survivors
from firstwin.accounts.models import Account, Membership, Person, PersonAddress, PersonMerge
from firstwin.accounts.rules import Actor
from firstwin.core.errors import Conflict, Refused
from firstwin.core.failpoints import failpoint
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable

FIELDS = ("name", "email", "phone")


def merge_people(
    *,
    by: Actor,
    survivor: Person,
    absorbed: Person,
    now: datetime,
    reason: str = "",
    choices: Mapping[str, str] | None = None,
    editions: tuple[int, int] | None = None,
) -> PersonMerge:
    """Make `absorbed` part of `survivor`: where they work, their roles, touches and names elsewhere.

    choices: name, email or phone → "absorbed". Gaps of the survivor are filled. The address that is not kept becomes
    another address of theirs. Raises NotAllowed, NotFound, Refused or Conflict.
    """
    if survivor.pk == absorbed.pk:
        raise Refused("A person cannot be merged with themselves. Choose somebody else.", field="other")
    rules.require_edit(by, _accounts_of(survivor, absorbed))
    with transaction.atomic():
        _lock(survivor, absorbed)
        _check(survivor, absorbed, editions)
        touched = {account.pk for account in _accounts_of(survivor, absorbed)}
        chosen = {name: "absorbed" for name, side in (choices or {}).items() if side == "absorbed" and name in FIELDS}
        merge = PersonMerge(
            absorbed=absorbed,
            survivor=survivor,
            by=by,
            reason=reason.strip()[:300],
            choices=chosen,
            valid_from=now,
            known_at=now,
            stated_at=now,
            recorded_at=now,
        )
        moved = move_all(Person, absorbed=absorbed.pk, survivor=survivor.pk, key=merge.key, now=now)
        failpoint("merge.people.moved")
        merge.before = _take_over(survivor, absorbed, chosen, now)
        Person.objects.filter(pk=absorbed.pk).update(removed_at=now, edition=F("edition") + 1)
        merge.save(force_insert=True)
        home = min(touched, default=None)
        deed = {"moved": sum(moved.values())}
        record(by=by, did="person.merged", on=absorbed, now=now, account_id=home, after=deed)
        record(by=by, did="person.absorbed", on=survivor, now=now, account_id=home, after=deed)
        _settle(survivor, absorbed, touched, now)
        failpoint("merge.people.before_commit")
    failpoint("merge.people.after_commit")
    survivor.refresh_from_db()
    absorbed.refresh_from_db()
    return merge


def unmerge_people(*, by: Actor, merge: PersonMerge, now: datetime) -> Person:
    """Let `absorbed` stand by themselves again, with the rows that still stand with the survivor. Returns them."""
    with transaction.atomic():
        absorbed = Person.objects.get(pk=merge.absorbed_id)
        holders = holders_of(Person, absorbed.pk) or [merge.survivor_id]
        holder = Person.objects.get(pk=holders[-1])
        rules.require_edit(by, _accounts_of(holder))
        _lock(holder, absorbed)
        standing = PersonMerge.objects.open().filter(key=merge.key).select_related("survivor").first()
        if standing is None:
            raise Refused(f"{absorbed.name} stands by themselves again already.")
        touched = {account.pk for account in _accounts_of(holder)}
        moved = move_back(Person, holders=holders, absorbed=absorbed.pk, key=merge.key, since=standing.recorded_at)
        failpoint("unmerge.people.moved")
        _give_back(standing.survivor, standing.before, now)
        _end(standing, now)
        Person.objects.filter(pk=absorbed.pk).update(removed_at=None, edition=F("edition") + 1)
        touched |= {account.pk for account in _accounts_of(absorbed)}
        home = min(touched, default=None)
        deed = {"moved": sum(moved.values())}
        record(by=by, did="person.unmerged", on=absorbed, now=now, account_id=home, after=deed)
        _settle(holder, absorbed, touched, now)
        failpoint("unmerge.people.before_commit")
    failpoint("unmerge.people.after_commit")
    absorbed.refresh_from_db()
    return absorbed


@undoable("person.merged")
def take_apart(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"merge": key}."""
    merge = PersonMerge.objects.filter(key=payload["merge"]).order_by("pk").first()
    if merge is None:
        raise Refused("There is no such merge.")
    unmerge_people(by=None, merge=merge, now=now)


def _accounts_of(*people: Person) -> list[Account]:
    joined = Membership.objects.open().filter(person__in=[person.pk for person in people]).values("account_id")
    return list(Account.objects.filter(pk__in=joined))


def _lock(*people: Person) -> None:
    if connection.features.has_select_for_update:
        ids = sorted(person.pk for person in people)
        list(Person.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    for person in people:
        person.refresh_from_db()


def _check(survivor: Person, absorbed: Person, editions: tuple[int, int] | None) -> None:
    gone = survivors(Person, [survivor.pk, absorbed.pk])
    for person in (survivor, absorbed):
        if person.pk in gone:
            holder = Person.objects.get(pk=gone[person.pk])
            raise Refused(f"{person.name} was merged into {holder.name} already.", field="other")
        if person.removed_at is not None:
            raise Refused(f"{person.name} is removed.", field="other")
    if editions is not None and editions != (survivor.edition, absorbed.edition):
        raise Conflict(
            "Somebody edited one of the two while you were comparing them. Look at them again.",
            mine={"Keep": survivor.name, "Merge": absorbed.name},
            theirs={one.name: one.email or "no address" for one in (survivor, absorbed)},
        )


def _take_over(survivor: Person, absorbed: Person, chosen: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Fill gaps, take what was chosen, and keep every address. Returns what `_give_back` needs."""
    was = {name: getattr(survivor, name) for name in FIELDS}
    wanted = {
        name: theirs if (theirs := getattr(absorbed, name)) and (name in chosen or not held) else held
        for name, held in was.items()
    }
    if wanted != was:
        _write(survivor, wanted, now)
    known = {folded_email(wanted["email"]), ""}
    known |= set(survivor.addresses.values_list("email_folded", flat=True))
    others = {folded_email(email)[:400]: email for email in (was["email"], absorbed.email) if email}
    made = PersonAddress.objects.bulk_create(
        PersonAddress(person=survivor, email=email, email_folded=folded, source=absorbed.source, recorded_at=now)
        for folded, email in others.items()
        if folded not in known
    )
    return {"was": was, "given": wanted, "addresses": [address.pk for address in made]}


def _give_back(holder: Person, before: Mapping[str, Any], now: datetime) -> None:
    """Undo `_take_over` where nobody changed it since."""
    PersonAddress.objects.filter(pk__in=before["addresses"]).delete()
    held = {name: getattr(holder, name) for name in FIELDS}
    wanted = {name: before["was"][name] if held[name] == before["given"][name] else held[name] for name in FIELDS}
    if wanted != held:
        _write(holder, wanted, now)


def _write(person: Person, wanted: Mapping[str, str], now: datetime) -> None:
    fresh = new_person(name=wanted["name"], email=wanted["email"], phone=wanted["phone"], now=now, source=person.source)
    columns = ("name", "email", "email_folded", "phone", "search_text")
    for column in columns:
        setattr(person, column, getattr(fresh, column))
    person.edition += 1
    person.save(update_fields=[*columns, "edition"])


def _end(standing: PersonMerge, now: datetime) -> None:
    """The open statement stands down; a closed one takes its place."""
    PersonMerge.objects.filter(pk=standing.pk).supersede(now)
    standing.pk, standing.known_until = None, None
    standing.valid_to, standing.known_at, standing.recorded_at = now, now, now
    standing.save(force_insert=True)


def _settle(one: Person, other: Person, touched: set[int], now: datetime) -> None:
    """Marks and list rows of every account either of them is known at."""
    rows = Membership.objects.standing().filter(person__in=[one.pk, other.pk])
    around = touched | set(rows.values_list("account_id", flat=True))
    bump_revision(around)
    refresh_now(around, now=now)
