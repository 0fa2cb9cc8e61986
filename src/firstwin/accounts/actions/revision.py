"""The dirty mark: every fact bumps its account's revision in the same transaction."""

from collections.abc import Collection

from django.db.models import F

from firstwin.accounts.models import Account
from firstwin.accounts.timeline import batched


def bump_revision(account_ids: Collection[int]) -> None:
    """Mark these accounts as changed, so that their signals are computed again."""
    for some in batched(sorted(set(account_ids)), 5_000):
        Account.objects.filter(pk__in=some).update(revision=F("revision") + 1)
