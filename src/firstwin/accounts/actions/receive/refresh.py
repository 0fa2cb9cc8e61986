"""Bring list rows up to date after records were taken in."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Q

from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.models import Account
from firstwin.accounts.timeline import batched

_AT_ONCE = 200
"""Accounts per transaction, so that nobody waits long for the database."""


def refresh_received(account_ids: Collection[int], *, now: datetime) -> None:
    """Refresh these accounts, a few per transaction."""
    for some in batched(sorted(account_ids), _AT_ONCE):
        refresh_now(some, now=now)


def stale_accounts() -> list[int]:
    """Accounts whose list row is missing or older than their facts: what a crash can leave behind."""
    rows = Account.objects.filter(Q(now__isnull=True) | ~Q(now__revision=F("revision")))
    return list(rows.order_by("pk").values_list("pk", flat=True))
