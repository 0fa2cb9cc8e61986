"""Keep the lake: how long events are kept, and what becomes of batches that could not be taken up."""

from datetime import datetime
from typing import Any

from django.db import transaction

from firstwin.core.errors import Conflict, NotFound, Refused
from firstwin.core.failpoints import failpoint
from firstwin.people.audit import record
from firstwin.people.models import User
from firstwin.people.undo import undoable
from firstwin.usage.models import LakeSetting
from firstwin.usage.rules import Actor, require_set_up
from firstwin.usage.store.models import Inbox
from firstwin.usage.store.router import EVENTS

LEAST_DAYS = 30
MOST_DAYS = 36_500


def keep_events(*, by: Actor, retention_days: int | None, edition: int, now: datetime) -> LakeSetting:
    """Say how long single events are kept; None keeps them for ever. What is older goes with the next round of upkeep,
    and does not come back. Raises Conflict when it changed since `edition` was read.
    """
    require_set_up(by)
    if retention_days is not None and not LEAST_DAYS <= retention_days <= MOST_DAYS:
        raise Refused(f"Keep events for {LEAST_DAYS} to {MOST_DAYS:,} days, or for ever.", field="retention_days")
    with transaction.atomic():
        setting = lake_setting(is_locked=True)
        if setting.edition != edition:
            raise Conflict(
                "The retention was changed meanwhile.",
                mine={"Keep events for": in_words(retention_days)},
                theirs={"Keep events for": in_words(setting.retention_days)},
            )
        if setting.retention_days == retention_days:
            return setting
        before = setting.retention_days
        setting.retention_days, setting.edition = retention_days, setting.edition + 1
        setting.save()
        was, is_now = {"retention_days": before}, {"retention_days": retention_days}
        record(by=by, did="lake.retention_set", on=setting, now=now, before=was, after=is_now)
    return setting


@undoable("lake.retention_set")
def unkeep(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"before": days or None, "edition": the edition it became}. Events deleted meanwhile stay deleted."""
    keep_events(by=by, retention_days=payload["before"], edition=payload["edition"], now=now)


def retry_batch(*, by: Actor, batch: int, now: datetime) -> None:
    """Let a held batch be taken up again, as if it had just come."""
    require_set_up(by)
    held = _held(batch)
    with transaction.atomic():
        record(by=by, did="batch.retried", on=held, now=now, after={"why": held.held_why})
    failpoint("upkeep.retry.recorded")
    with transaction.atomic(using=EVENTS):
        Inbox.objects.filter(pk=held.pk, held_at__isnull=False).update(held_at=None, held_why="", tries=0)


def drop_batch(*, by: Actor, batch: int, now: datetime) -> int:
    """Throw a held batch away, for good. Returns how many events went with it."""
    require_set_up(by)
    held = _held(batch)
    with transaction.atomic():
        record(by=by, did="batch.dropped", on=held, now=now, after={"why": held.held_why, "events": held.events})
    failpoint("upkeep.drop.recorded")
    with transaction.atomic(using=EVENTS):
        Inbox.objects.filter(pk=held.pk, held_at__isnull=False).delete()
    return held.events


def lake_setting(*, is_locked: bool = False) -> LakeSetting:
    """The one row, as it stands; that of a fresh installation where nobody said anything yet."""
    rows = LakeSetting.objects.select_for_update() if is_locked else LakeSetting.objects.all()
    return rows.first() or LakeSetting()


def in_words(days: int | None) -> str:
    return "ever" if days is None else f"{days:,} days"


def _held(batch: int) -> Inbox:
    found = Inbox.objects.filter(pk=batch, held_at__isnull=False).defer("body").first()
    if found is None:
        raise NotFound("This batch is not held any more.")
    return found
