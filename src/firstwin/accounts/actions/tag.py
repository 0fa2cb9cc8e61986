"""Put tags on accounts and take them off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.accounts import rules
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.lines import TAG
from firstwin.accounts.models import Account, Tag
from firstwin.accounts.rules import Actor
from firstwin.accounts.timeline import ABSENT, Statement
from firstwin.core.errors import Refused
from firstwin.core.text import fold, is_clean
from firstwin.people.audit import Deed, record_many
from firstwin.people.models import User
from firstwin.people.undo import undoable


def tag_accounts(
    *,
    by: Actor,
    accounts: Sequence[Account],
    names: Sequence[str],
    now: datetime,
    starts_at: datetime | None = None,
    source: str = "staff",
) -> dict[str, list[int]]:
    """Put these tags on these accounts. Returns tag name → ids of the accounts that did not have it."""
    return _change(by, accounts, [ensure_tag(name) for name in names], True, starts_at or now, now, source)


def untag_accounts(
    *, by: Actor, accounts: Sequence[Account], names: Sequence[str], now: datetime, source: str = "staff"
) -> dict[str, list[int]]:
    """Take these tags off these accounts. Returns tag name → ids of the accounts that had it."""
    tags = list(Tag.objects.filter(name_folded__in=[fold(name) for name in names]))
    return _change(by, accounts, tags, False, now, now, source)


def ensure_tag(name: str) -> Tag:
    """The tag called `name`, made when it is new. Raises Refused for an empty or overlong name."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > 40 or not is_clean(tidy) or "|" in tidy or "," in tidy:
        raise Refused("A tag has 1 to 40 characters, no comma and no bar.", field="tags")
    tag, _ = Tag.objects.get_or_create(name_folded=fold(tidy), defaults={"name": tidy})
    return tag


@undoable("account.tagged")
def take_tags_off(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"tags": {name: [account ids]}}."""
    for name, ids in payload["tags"].items():
        untag_accounts(by=None, accounts=list(Account.objects.filter(pk__in=ids)), names=[name], now=now)


@undoable("account.untagged")
def put_tags_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    for name, ids in payload["tags"].items():
        tag_accounts(by=None, accounts=list(Account.objects.filter(pk__in=ids)), names=[name], now=now)


def _change(
    by: Actor, accounts: Sequence[Account], tags: Sequence[Tag], on: bool, at: datetime, now: datetime, source: str
) -> dict[str, list[int]]:
    rules.require_edit(by, accounts)
    value = () if on else ABSENT
    statements = [Statement((account.pk, tag.pk), value, at, now) for account in accounts for tag in tags]
    names = {tag.pk: tag.name for tag in tags}
    with transaction.atomic():
        changed: dict[str, list[int]] = {}
        for statement in TAG.put(statements, source=source, now=now):
            changed.setdefault(names[statement.slot[1]], []).append(statement.slot[0])
        did = "account.tagged" if on else "account.untagged"
        record_many(
            [
                Deed(did, "accounts.account", str(pk), pk, None, {"tag": name})
                for name, ids in changed.items()
                for pk in ids
            ],
            by=by,
            now=now,
        )
        touched = {pk for ids in changed.values() for pk in ids}
        bump_revision(touched)
        refresh_now(touched, now=now)
    return changed
