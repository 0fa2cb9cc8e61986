"""Keep the lake: how long events are kept, where its limits are, what becomes of batches that could not be taken up."""

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

BOUNDS = {"largest_inbox_mb": (16, 1_000_000), "most_names": (100, 100_000)}
"""Limit → the least and the most it may be."""


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


def set_limits(*, by: Actor, largest_inbox_mb: int, most_names: int, edition: int, now: datetime) -> LakeSetting:
    """Say how much may wait in the inbox, and how many event names are told apart. Names that are there stay; below
    their number, new ones count as “(other)”. Raises Conflict when the settings changed since `edition` was read.
    """
    require_set_up(by)
    wanted = {"largest_inbox_mb": largest_inbox_mb, "most_names": most_names}
    for name, (least, most) in BOUNDS.items():
        if not least <= wanted[name] <= most:
            raise Refused(f"It is a number from {least} to {most:,}.", field=name)
    with transaction.atomic():
        setting = lake_setting(is_locked=True)
        before = {name: getattr(setting, name) for name in BOUNDS}
        if setting.edition != edition:
            raise Conflict("The limits were changed meanwhile.", mine=_told(wanted), theirs=_told(before))
        if before == wanted:
            return setting
        for name, value in wanted.items():
            setattr(setting, name, value)
        setting.edition += 1
        setting.save()
        record(by=by, did="lake.limits_set", on=setting, now=now, before=before, after=wanted)
    return setting


@undoable("lake.limits_set")
def unlimit(*, by: User, payload: dict[str, Any], now: datetime) -> None:
    """payload: {"before": the limits, "edition": the edition it became}."""
    set_limits(by=by, **payload["before"], edition=payload["edition"], now=now)


def _told(limits: dict[str, int]) -> dict[str, str]:
    return {"Inbox": f"{limits['largest_inbox_mb']:,} MB", "Event names": f"{limits['most_names']:,}"}


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
