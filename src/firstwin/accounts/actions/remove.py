"""Take an account out of the working lists, and bring it back. Nothing is ever deleted."""

from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.accounts import rules
from firstwin.accounts.actions.refresh_now import refresh_with_neighbours
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.lines import REMOVAL
from firstwin.accounts.models import Account, Merge
from firstwin.accounts.rules import Actor
from firstwin.accounts.timeline import ABSENT, Statement
from firstwin.core.errors import Refused
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable


def remove_account(*, by: Actor, account: Account, reason: str, now: datetime) -> bool:
    """Remove `account` from lists as of now. False when it already was. Its facts stay for looking back."""
    return _change(by, account, (reason[:300],), now, now)


def restore_account(*, by: Actor, account: Account, now: datetime) -> bool:
    """Bring a removed account back. False when it was not removed."""
    return _change(by, account, ABSENT, None, now)


@undoable("account.removed")
def bring_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"account": id}."""
    restore_account(by=None, account=Account.objects.get(pk=payload["account"]), now=now)


def _change(by: Actor, account: Account, value: Any, removed_at: datetime | None, now: datetime) -> bool:
    rules.require_edit(by, [account])
    with transaction.atomic():
        if (account.removed_at is None) == (value is ABSENT):
            return False
        if value is ABSENT and Merge.objects.open().filter(absorbed=account).exists():
            raise Refused(f"{account.name} was merged into another account. Un-merge it there.")
        REMOVAL.put([Statement((account.pk,), value, now, now)], source="staff", now=now)
        Account.objects.filter(pk=account.pk).update(removed_at=removed_at)
        did = "account.restored" if value is ABSENT else "account.removed"
        after = None if value is ABSENT else {"reason": value[0]}
        record(by=by, did=did, on=account, now=now, account_id=account.pk, after=after)
        bump_revision([account.pk])
        refresh_with_neighbours([account.pk], now=now)
    account.removed_at = removed_at
    return True
