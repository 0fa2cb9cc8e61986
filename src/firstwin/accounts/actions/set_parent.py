"""Put an account under another, at any depth, never in a circle."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from firstwin.accounts import rules
from firstwin.accounts.actions.refresh_now import refresh_with_neighbours
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.hierarchy import ancestors_of
from firstwin.accounts.lines import PARENT
from firstwin.accounts.models import Account
from firstwin.accounts.rules import Actor
from firstwin.accounts.timeline import ABSENT, Statement
from firstwin.core.errors import Refused
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable

_HIERARCHY_LOCK = 7_130_001


def set_parent(
    *,
    by: Actor,
    account: Account,
    parent: Account | None,
    now: datetime,
    starts_at: datetime | None = None,
    source: str = "staff",
) -> int | None:
    """Make `parent` the parent of `account` (None: it stands alone). Returns the parent's id before.

    Raises NotAllowed, NotFound, or Refused when this would close a circle.
    """
    rules.require_edit(by, [account] if parent is None else [account, parent])
    with transaction.atomic():
        lock_hierarchy()
        before = Account.objects.values_list("parent_id", flat=True).get(pk=account.pk)
        if parent is not None:
            _refuse_circle(account, parent)
        after = parent.pk if parent else None
        value = ABSENT if after is None else (after,)
        if not PARENT.put([Statement((account.pk,), value, starts_at or now, now)], source=source, now=now):
            return before
        Account.objects.filter(pk=account.pk).update(parent=after)
        record(
            by=by,
            did="account.moved",
            on=account,
            now=now,
            account_id=account.pk,
            before={"parent": before},
            after={"parent": after},
        )
        touched = {account.pk} | {pk for pk in (before, after) if pk}
        bump_revision(touched)
        refresh_with_neighbours(touched, now=now)
    account.parent_id = after
    return before


def lock_hierarchy() -> None:
    """One change of the tree at a time: two that are harmless alone can close a circle together.

    SQLite has one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_HIERARCHY_LOCK])


@undoable("account.moved")
def move_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"account": id, "before": parent id or null}."""
    account = Account.objects.get(pk=payload["account"])
    parent = Account.objects.filter(pk=payload["before"]).first() if payload["before"] else None
    set_parent(by=None, account=account, parent=parent, now=now)


def _refuse_circle(account: Account, parent: Account) -> None:
    if parent.pk == account.pk:
        raise Refused("An account cannot be its own parent.", field="parent")
    if account.pk in ancestors_of(parent.pk):
        raise Refused(f"{parent.name} already stands below {account.name}: this would be a circle.", field="parent")
