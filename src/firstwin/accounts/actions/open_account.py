"""Open an account: the record every other fact hangs on."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from firstwin.accounts.actions.assign import assign_owner
from firstwin.accounts.actions.identity import add_domains, remember_as
from firstwin.accounts.actions.refresh_now import refresh_with_neighbours
from firstwin.accounts.actions.set_parent import set_parent
from firstwin.accounts.actions.tag import tag_accounts
from firstwin.accounts.models import Account
from firstwin.accounts.rules import Actor
from firstwin.core.errors import Refused
from firstwin.core.text import is_clean, slug
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.rules import can_edit_accounts, require


def open_account(
    *,
    by: Actor,
    name: str,
    now: datetime,
    key: str = "",
    owner: User | None = None,
    parent: Account | None = None,
    domains: Sequence[str] = (),
    tags: Sequence[str] = (),
    external_ids: Sequence[tuple[str, str]] = (),
    source: str = "staff",
) -> Account:
    """Open an account called `name`. external_ids: (source, id) pairs. The opener owns it unless said otherwise.

    Raises NotAllowed, or Refused for an empty or unreadable name or a key that is taken.
    """
    if by is not None:
        require(can_edit_accounts(by), "Your role can read accounts but not add them.")
    name = checked_name(name)
    with transaction.atomic():
        account = _create(name=name, key=key, now=now, source=source)
        record(by=by, did="account.opened", on=account, now=now, account_id=account.pk, after={"name": name})
        holder = owner or by
        if holder is not None:
            # By the installation, not by the person: the account is in nobody's scope before it has an owner.
            assign_owner(by=None, accounts=[account], owner=holder, now=now, source=source)
        if parent is not None:
            set_parent(by=by, account=account, parent=parent, now=now, source=source)
        add_domains(account=account, names=domains, now=now)
        remember_as(account=account, external_ids=external_ids, now=now)
        if tags:
            tag_accounts(by=None, accounts=[account], names=tags, now=now, source=source)
        refresh_with_neighbours([account.pk], now=now)
    account.refresh_from_db()
    return account


def checked_name(name: str) -> str:
    """`name` without spare space. Raises Refused when it is empty, too long or holds what no database can keep."""
    tidy = " ".join(name.split())
    if not tidy:
        raise Refused("An account needs a name.", field="name")
    if len(tidy) > 200:
        raise Refused(f"A name has at most 200 characters; this one has {len(tidy)}.", field="name")
    if not is_clean(tidy):
        raise Refused("The name holds characters that cannot be stored.", field="name")
    return tidy


def free_keys(names: Sequence[str]) -> list[str]:
    """A key for each name, in order: its slug, with a number where the slug is taken. Few queries for many names."""
    wanted = [slug(name)[:70] or "account" for name in names]
    taken = set(Account.objects.filter(key__in=wanted).values_list("key", flat=True))
    crowded = {base for base in wanted if base in taken or wanted.count(base) > 1} if len(wanted) < 500 else taken
    for base in crowded:
        taken |= set(Account.objects.filter(key__startswith=f"{base}-").values_list("key", flat=True))
    keys: list[str] = []
    counters: dict[str, int] = {}
    for base in wanted:
        key = base
        while key in taken:
            counters[base] = counters.get(base, 1) + 1
            key = f"{base}-{counters[base]}"
        taken.add(key)
        keys.append(key)
    return keys


def _create(*, name: str, key: str, now: datetime, source: str) -> Account:
    if key and Account.objects.filter(key=key).exists():
        raise Refused(f"The key {key!r} is taken.", field="key")
    if key and key != slug(key, limit=80):
        raise Refused("A key has small letters, digits and hyphens only.", field="key")
    for attempt in range(3):
        try:
            with transaction.atomic():
                return Account.objects.create(
                    key=key or free_keys([name])[0], name=name, recorded_at=now, source=source
                )
        except IntegrityError:  # another process took the key in the same moment
            if key or attempt == 2:
                raise Refused(f"The key {key or slug(name)!r} is taken.", field="key") from None
    raise AssertionError("unreachable")
