"""Work the accounts room does in the background."""

from datetime import time

from firstwin.accounts.actions.bulk import continue_bulk_edit
from firstwin.accounts.actions.merging.late import gather_late_rows
from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.models import BulkEdit
from firstwin.core import clock
from firstwin.core.jobs import register_schedule, task


@task()
def refresh_every_account() -> int:
    """The nightly pass: what drifts with time (a source gone stale, a leaving date reached) becomes visible."""
    return refresh_now(None, now=clock.now())


@task()
def continue_bulk(edit: int) -> int:
    """Do what is left of a change to many accounts."""
    return continue_bulk_edit(edit=BulkEdit.objects.get(pk=edit), now=clock.now).done


@task()
def gather_stragglers() -> int:
    """What another writer put on a record in the very moment it was merged goes after it."""
    return gather_late_rows(now=clock.now())


def register_schedules() -> None:
    register_schedule(
        "accounts.refresh", refresh_every_account, "Refresh every account's list row", daily_at=time(2, 30)
    )
    register_schedule("accounts.merged", gather_stragglers, "Gather what came late to merged records", every=60)
