"""Rows that reached a record in the very moment it was merged: point them at the one that stands for it."""

from datetime import datetime

from django.db import transaction

from firstwin.accounts.actions.merging.moves import repoint
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.merged import merges_of, stragglers, survivors
from firstwin.accounts.models import Account, Membership, Person


def gather_late_rows(*, now: datetime) -> int:
    """Move them, as the merge would have. Returns how many there were."""
    count = 0
    for target in (Account, Person):
        for held, absorbed, ids in stragglers(target, before=now):
            with transaction.atomic():
                into = survivors(target, [absorbed]).get(absorbed)
                merge = merges_of(target).objects.open().filter(absorbed=absorbed).first()
                if into is None or merge is None:
                    continue
                repoint(held, ids, to=into, key=merge.key, now=now)
                touched = {absorbed, into}
                if target is Person:
                    rows = Membership.objects.standing().filter(person__in=touched)
                    touched = set(rows.values_list("account_id", flat=True))
                bump_revision(touched)
                refresh_now(touched, now=now)
            count += len(ids)
    return count
