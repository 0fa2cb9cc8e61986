"""Accounts as a source tells them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from firstwin.accounts.actions.open_account import free_keys
from firstwin.accounts.actions.receive.said import UNSAID, AccountSaid, Received
from firstwin.accounts.actions.refresh_now import refresh_now, refresh_with_neighbours
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.bulk import insert_many
from firstwin.accounts.lines import ATTRIBUTE, NAMED, NAMED_OWNER, REMOVAL, TAG
from firstwin.accounts.merged import second_voices
from firstwin.accounts.models import (
    Account,
    AccountExternalId,
    AttributeValue,
    Domain,
    Ownership,
    Removal,
    Tag,
    Tagging,
)
from firstwin.accounts.quality import STALE_AFTER
from firstwin.accounts.timeline import ABSENT, Statement, batched
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import fold

_NOTHING = (None, None, None)


def receive_accounts(*, said: Sequence[AccountSaid], source: str, now: datetime) -> Received:
    """Open the accounts that are new to us, and store what is news about the others. Few queries, however many.

    A source renames only accounts that it opened. What it no longer says (a tag, an owner) is taken back only where
    it was this source that had said it. One source's ids are never matched to another's here.

    As all verbs of this package it leaves the list rows to its caller, who calls `refresh_received`: many slices often
    speak of the same account. Their revision tells which are stale, also after a crash in between.
    """
    received = Received()
    with transaction.atomic():
        known = _known(said, source)
        said = _heard(_open(said, known, received, source, now), source)
        failpoint("receive.accounts.opened")
        touched: set[int] = set()
        renamed = _rename(said, received, source)
        removed = _state_removal(said, received, source, now)
        touched |= renamed | removed
        touched |= _add_domains(said, received, now)
        touched |= _state_owners(said, received, source, now)
        touched |= _state_tags(said, received, source, now)
        touched |= _state_attributes(said, received, source, now)
        fresh = {received.ids[row] for row in received.new}
        received.changed = {row for row, pk in received.ids.items() if pk in touched - fresh}
        bump_revision(touched - fresh)
        failpoint("receive.accounts.stated")
        received.touched = (touched | fresh) - renamed - removed
        if renamed or removed:
            refresh_with_neighbours(renamed | removed, now=now)
    return received


def mention_accounts(*, source: str, external_ids: Collection[str], now: datetime) -> None:
    """Remember that `source` still speaks of these accounts. Bookkeeping, not a fact."""
    with transaction.atomic():
        stale: set[int] = set()
        for some in batched(sorted(external_ids), 2_000):
            rows = AccountExternalId.objects.filter(source=source, external_id__in=some, seen_at__lt=now)
            stale |= set(rows.filter(seen_at__lt=now - STALE_AFTER).values_list("account_id", flat=True))
            rows.update(seen_at=now)
        if stale:
            refresh_now(stale, now=now)


def _known(said: Sequence[AccountSaid], source: str) -> dict[str, int]:
    rows = AccountExternalId.objects.filter(source=source, external_id__in={one.external_id for one in said})
    return dict(rows.values_list("external_id", "account_id"))


def _open(
    said: Sequence[AccountSaid], known: dict[str, int], received: Received, source: str, now: datetime
) -> list[AccountSaid]:
    """Store new accounts and put the id of every row in `received`. Returns the records that have an account."""
    taken = _taken_keys(said)
    opened: dict[str, tuple[AccountSaid, str]] = {}
    for one in said:
        if one.external_id in known or one.external_id in opened:
            continue
        if one.name is UNSAID:
            received.refused[one.row] = Refused("A new account needs a name.", field="name")
        elif one.key is not UNSAID and one.key in taken:
            received.refused[one.row] = Refused(f"The key {one.key!r} is taken.", field="key")
        else:
            if one.key is not UNSAID:
                taken.add(one.key)
            opened[one.external_id] = (one, one.name)
    named = list(opened.values())
    free = free_keys([name for _, name in named])
    accounts = [
        Account(key=one.key if one.key is not UNSAID else key, name=name, recorded_at=now, source=source)
        for (one, name), key in zip(named, free, strict=True)
    ]
    Account.objects.bulk_create(accounts)
    known |= {one.external_id: account.pk for (one, _), account in zip(named, accounts, strict=True)}
    links = [(known[one.external_id], source, one.external_id, now, now) for one, _ in named]
    insert_many(AccountExternalId, ("account_id", "source", "external_id", "recorded_at", "seen_at"), links)
    received.new = {one.row for one, _ in named}
    kept = [one for one in said if one.row not in received.refused and one.external_id in known]
    received.ids = {one.row: known[one.external_id] for one in kept}
    return kept


def _heard(said: list[AccountSaid], source: str) -> list[AccountSaid]:
    """Of two records of one source that are one account here, the one that stayed says what it is called and so on."""
    seconds = second_voices(Account, source=source, external_ids={one.external_id for one in said})
    if not seconds:
        return said
    silent = {"name": UNSAID, "key": UNSAID, "tags": UNSAID, "owner_id": UNSAID, "removed": UNSAID, "attributes": {}}
    return [replace(one, **silent) if one.external_id in seconds else one for one in said]  # type: ignore[arg-type]


def _taken_keys(said: Iterable[AccountSaid]) -> set[str]:
    wanted = {one.key for one in said if one.key is not UNSAID}
    return set(Account.objects.filter(key__in=wanted).values_list("key", flat=True)) if wanted else set()


def _rename(said: Sequence[AccountSaid], received: Received, source: str) -> set[int]:
    wanted = {received.ids[one.row]: one.name for one in said if one.name is not UNSAID and one.row not in received.new}
    ours = Account.objects.filter(pk__in=wanted, source=source).only("pk", "name")
    renamed = [account for account in ours if account.name != wanted[account.pk]]
    for account in renamed:
        account.name = wanted[account.pk]
    Account.objects.bulk_update(renamed, ["name"], batch_size=200)
    # Somebody with the form open must see that the name moved under them.
    ids = {account.pk for account in renamed}
    Account.objects.filter(pk__in=ids).update(edition=F("edition") + 1)
    return ids


def _state_removal(said: Sequence[AccountSaid], received: Received, source: str, now: datetime) -> set[int]:
    spoken = [(received.ids[one.row], one) for one in said if one.removed is not UNSAID]
    ids = {pk for pk, _ in spoken}
    ours = set(Removal.objects.open().filter(account__in=ids, source=source).values_list("account_id", flat=True))
    statements: list[Statement] = []
    for pk, one in spoken:
        if one.removed is not None and one.removed is not UNSAID:
            statements.append(Statement((pk,), (one.removed[:300],), one.known_at, one.known_at))
            ours.add(pk)
        elif pk in ours:
            statements.append(Statement((pk,), ABSENT, one.known_at, one.known_at))
    changed = {statement.slot[0] for statement in REMOVAL.put(statements, source=source, now=now)}
    since = dict(Removal.objects.open().filter(account__in=changed).values_list("account_id", "valid_from"))
    for pk in sorted(changed):
        Account.objects.filter(pk=pk).update(removed_at=since.get(pk))
    return changed


def _add_domains(said: Sequence[AccountSaid], received: Received, now: datetime) -> set[int]:
    wanted = {(received.ids[one.row], name): None for one in said if one.domains is not UNSAID for name in one.domains}
    rows = Domain.objects.filter(account__in={pk for pk, _ in wanted})
    known = set(rows.values_list("account_id", "name")) if wanted else set()
    new = [slot for slot in wanted if slot not in known]
    Domain.objects.bulk_create(Domain(account_id=pk, name=name, recorded_at=now) for pk, name in new)
    return {pk for pk, _ in new}


def _state_owners(said: Sequence[AccountSaid], received: Received, source: str, now: datetime) -> set[int]:
    spoken = [(received.ids[one.row], one) for one in said if one.owner_id is not UNSAID]
    named = Ownership.objects.open().filter(account__in={pk for pk, _ in spoken}, kind=NAMED, source=source)
    ours = set(named.values_list("account_id", flat=True)) if spoken else set()
    statements: list[Statement] = []
    for pk, one in spoken:
        if one.owner_id is not None:
            ours.add(pk)
            statements.append(Statement((pk, NAMED), (one.owner_id, None), one.known_at, one.known_at))
        elif pk in ours:
            statements.append(Statement((pk, NAMED), ABSENT, one.known_at, one.known_at))
    changed = NAMED_OWNER.put(statements, source=source, now=now, narrow=lambda rows: rows.filter(kind=NAMED))
    return {statement.slot[0] for statement in changed}


def _state_tags(said: Sequence[AccountSaid], received: Received, source: str, now: datetime) -> set[int]:
    spoken = [(received.ids[one.row], one.tags, one.known_at) for one in said if one.tags is not UNSAID]
    if not spoken:
        return set()
    tags = _tags({name for _, names, _ in spoken for name in names})
    ours: dict[int, set[int]] = {}
    open_rows = Tagging.objects.open().filter(account__in={pk for pk, _, _ in spoken}, source=source)
    for pk, tag in open_rows.values_list("account_id", "tag_id"):
        ours.setdefault(pk, set()).add(tag)
    statements: list[Statement] = []
    for pk, names, known_at in spoken:
        wanted = {tags[fold(name)] for name in names}
        statements += [Statement((pk, tag), (), known_at, known_at) for tag in sorted(wanted)]
        gone = ours.get(pk, set()) - wanted
        statements += [Statement((pk, tag), ABSENT, known_at, known_at) for tag in sorted(gone)]
        ours[pk] = wanted
    return {statement.slot[0] for statement in TAG.put(statements, source=source, now=now)}


def _tags(names: Collection[str]) -> dict[str, int]:
    """Folded name → id, made where new."""
    wanted = {fold(name): name for name in sorted(names)}
    known = dict(Tag.objects.filter(name_folded__in=wanted).values_list("name_folded", "pk"))
    fresh = [Tag(name=name, name_folded=folded) for folded, name in wanted.items() if folded not in known]
    Tag.objects.bulk_create(fresh, ignore_conflicts=True)  # another import may make the same tag in this moment
    return dict(Tag.objects.filter(name_folded__in=wanted).values_list("name_folded", "pk")) if fresh else known


def _state_attributes(said: Sequence[AccountSaid], received: Received, source: str, now: datetime) -> set[int]:
    fresh = {received.ids[row] for row in received.new}
    blank = {
        received.ids[one.row] for one in said if _NOTHING in one.attributes.values()
    } - fresh  # an account that is new has no value that a blank could end
    rows = AttributeValue.objects.standing().filter(account__in=blank, source=source)
    stated: set[Any] = set(rows.values_list("account_id", "attribute_id")) if blank else set()
    statements: list[Statement] = []
    for one in said:
        pk = received.ids[one.row]
        for attribute, columns in one.attributes.items():
            if columns != _NOTHING:
                stated.add((pk, attribute))
            elif (pk, attribute) not in stated:
                continue  # it never said anything: a blank is no statement either
            statements.append(Statement((pk, attribute, source), columns, one.known_at, one.known_at))
    changed = ATTRIBUTE.put(statements, source=source, now=now, narrow=lambda rows: rows.filter(source=source))
    return {statement.slot[0] for statement in changed}
