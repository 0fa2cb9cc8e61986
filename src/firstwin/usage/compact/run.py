"""The loop that takes batches out of the inbox: what arrived, in order, into the lake, a few seconds after it came."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from firstwin.core.failpoints import failpoint
from firstwin.usage.compact.apart import Ahead
from firstwin.usage.compact.rows import Names, begin, rows_of
from firstwin.usage.lake import lease
from firstwin.usage.lake.commit import store
from firstwin.usage.store.models import Inbox
from firstwin.usage.store.router import EVENTS

logger = logging.getLogger(__name__)

LEASE = "compactor"
LARGEST = 64 * 1024 * 1024
MOST_EVENTS = 200_000
"""Bytes and events taken up at once."""

TRIES = 3
"""How often a batch that cannot be read is tried before it waits for a person."""


@dataclass
class Kept:
    """From one cycle for the next, while there is work.  batches: what the next one will take up, if nothing comes
    between.  ahead: which of that another process reads by then."""

    names: Names = field(default_factory=Names)
    batches: list[Inbox] = field(default_factory=list)
    ahead: Ahead | None = None


class Compactor:
    """Cycle after cycle. Names that were met are not looked up again, and the next cycle's batches are read by another
    process as soon as those of this one are read."""

    def __init__(self) -> None:
        self._kept: Kept | None = None

    def once(self, now: datetime) -> bool:
        """As `compact_once`."""
        kept, self._kept = self._kept or Kept(), None
        try:
            if compact_once(now, kept=kept):
                self._kept = kept
                return True
            return False
        finally:
            if self._kept is None and kept.ahead is not None:
                kept.ahead.end()


def compact_once(now: datetime, *, kept: Kept | None = None) -> bool:
    """Take up what waits, oldest first, as much as is done in a few seconds. False: there was nothing, or another
    process is at it.

    It may be killed anywhere and run again: names and what is told about people are stored first, each of which can
    be repeated; events, counts and the end of their batches are one transaction.
    """
    if not _waiting().exists():
        return False
    try:
        with lease.alone(LEASE, now=now):
            return _compact(now, kept)
    except lease.Busy as problem:
        logger.info("%s", problem)
        return False


def _compact(now: datetime, kept: Kept | None) -> bool:
    batches, ahead = _taken(kept)
    ahead = ahead or begin(batches)
    if kept is not None:
        _look_ahead(kept, batches)  # queued behind these, so that the other process never waits for this one
    made = rows_of(batches, now=now, names=kept.names if kept else None, ahead=ahead)
    failpoint("compact.read")
    _count_failures(made.failed, now)
    if made.taken:
        store(
            made.table,
            inbox_ids=[batch.pk for batch in made.taken],
            kept=made.count,
            extra=lambda: made.store_beside(now=now),
            now=now,
        )
        failpoint("compact.stored")
    return bool(batches)


def _taken(kept: Kept | None) -> tuple[list[Inbox], Ahead | None]:
    """The next batches, and what was read of them ahead."""
    ids, _ = _next(0)
    if kept is None or not kept.batches:
        return _batches(ids), None
    foreseen, ahead = kept.batches, kept.ahead
    kept.batches, kept.ahead = [], None
    if [batch.pk for batch in foreseen] == ids:
        return foreseen, ahead
    if ahead is not None:
        ahead.end()
    return _batches(ids), None


def _look_ahead(kept: Kept, batches: Sequence[Inbox]) -> None:
    ids, is_full = _next(batches[-1].pk if batches else 0)
    if is_full:  # else more may come until it is their turn
        kept.batches = _batches(ids)
        kept.ahead = begin(kept.batches)


def _waiting() -> QuerySet[Inbox]:
    return Inbox.objects.filter(held_at__isnull=True).order_by("pk")


def is_waiting(before: datetime) -> bool:
    """Whether anything that arrived before this moment was not taken up yet."""
    return _waiting().filter(received_at__lt=before).exists()


def _next(after: int) -> tuple[list[int], bool]:
    """The oldest batches after this one, as many as fit, and whether any were left."""
    ids: list[int] = []
    events = size = 0
    rows = _waiting().filter(pk__gt=after)
    for pk, its_events, its_size in rows.values_list("pk", "events", "size")[:MOST_EVENTS].iterator():
        events, size = events + its_events, size + its_size
        if ids and (events > MOST_EVENTS or size > LARGEST):
            return ids, True
        ids.append(pk)
    return ids, len(ids) == MOST_EVENTS


def _batches(ids: Sequence[int]) -> list[Inbox]:
    found: list[Inbox] = []
    for start in range(0, len(ids), 500):
        found += Inbox.objects.filter(pk__in=ids[start : start + 500]).order_by("pk")
    return found


def _count_failures(failed: Sequence[tuple[Inbox, str]], now: datetime) -> None:
    """A batch that could not be read waits for a person after a few tries."""
    for batch, why in failed:
        with transaction.atomic(using=EVENTS):
            rows = Inbox.objects.filter(pk=batch.pk)
            rows.update(tries=F("tries") + 1, held_why=why)
            rows.filter(tries__gte=TRIES).update(held_at=now)


def release(batches: Sequence[int]) -> int:
    """Try held batches again. Returns how many there were."""
    held = Inbox.objects.filter(pk__in=batches, held_at__isnull=False)
    return held.update(held_at=None, tries=0, held_why="")
