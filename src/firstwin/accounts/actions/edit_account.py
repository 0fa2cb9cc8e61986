"""Change what a person types on the record itself: its name and domains."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from firstwin.accounts import rules
from firstwin.accounts.actions.identity import set_domains
from firstwin.accounts.actions.open_account import checked_name
from firstwin.accounts.actions.refresh_now import refresh_with_neighbours
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.models import Account
from firstwin.accounts.rules import Actor
from firstwin.core.errors import Conflict
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable


def edit_account(
    *,
    by: Actor,
    account: Account,
    now: datetime,
    edition: int,
    name: str | None = None,
    domains: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Change the name or the domains. `edition` is the one the person saw; None leaves a field as it is.

    Returns what changed: field → value before. Raises NotAllowed, NotFound, Refused, or Conflict (with both
    versions) when somebody saved in between.
    """
    rules.require_edit(by, [account])
    wanted = checked_name(name) if name is not None else None
    with transaction.atomic():
        claimed = Account.objects.filter(pk=account.pk, edition=edition).update(edition=F("edition") + 1)
        account.refresh_from_db()
        if not claimed:
            raise _conflict(account, wanted, domains)
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        if wanted is not None and wanted != account.name:
            before["name"], after["name"] = account.name, wanted
            Account.objects.filter(pk=account.pk).update(name=wanted)
        if domains is not None:
            was, is_now = set_domains(account=account, names=domains, now=now)
            if was != is_now:
                before["domains"], after["domains"] = was, is_now
        if before:
            record(by=by, did="account.edited", on=account, now=now, account_id=account.pk, before=before, after=after)
            bump_revision([account.pk])
            refresh_with_neighbours([account.pk], now=now)
    account.refresh_from_db()
    return before


@undoable("account.edited")
def edit_back(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"account": id, "before": {field: value}}."""
    account = Account.objects.get(pk=payload["account"])
    edit_account(by=None, account=account, now=now, edition=account.edition, **payload["before"])


def _conflict(account: Account, name: str | None, domains: Sequence[str] | None) -> Conflict:
    mine, theirs = {}, {}
    if name is not None:
        mine["Name"], theirs["Name"] = name, account.name
    if domains is not None:
        mine["Domains"] = ", ".join(domains)
        theirs["Domains"] = ", ".join(account.domains.values_list("name", flat=True))
    return Conflict("Somebody saved this account while you were editing it.", mine=mine, theirs=theirs)
