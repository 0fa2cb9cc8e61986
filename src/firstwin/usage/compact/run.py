"""The loop that takes batches out of the inbox: what arrived, in order, into the lake, a few seconds after it came."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from firstwin.core.failpoints import failpoint
from firstwin.usage.compact.rows import Names, rows_of
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


class Compactor:
    """Cycle after cycle. While there is work, names that were met are not looked up again."""

    def __init__(self) -> None:
        self._names: Names | None = None

    def once(self, now: datetime) -> bool:
        """As `compact_once`."""
        names, self._names = self._names or Names(), None
        if not compact_once(now, names=names):
            return False
        self._names = names
        return True


def compact_once(now: datetime, *, names: Names | None = None) -> bool:
    """Take up what waits, oldest first, as much as is done in a few seconds. False: there was nothing, or another
    process is at it.

    It may be killed anywhere and run again: names and what is told about people are stored first, each of which can
    be repeated; events, counts and the end of their batches are one transaction.
    """
    if not _waiting().exists():
        return False
    try:
        with lease.alone(LEASE, now=now):
            return _compact(_next(), now, names)
    except lease.Busy as problem:
        logger.info("%s", problem)
        return False


def _compact(batches: Sequence[Inbox], now: datetime, names: Names | None) -> bool:
    made = rows_of(batches, now=now, names=names)
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


def _waiting() -> QuerySet[Inbox]:
    return Inbox.objects.filter(held_at__isnull=True).order_by("pk")


def _next() -> list[Inbox]:
    """The oldest batches, as many as fit."""
    ids: list[int] = []
    events = size = 0
    for pk, its_events, its_size in _waiting().values_list("pk", "events", "size")[:MOST_EVENTS].iterator():
        events, size = events + its_events, size + its_size
        if ids and (events > MOST_EVENTS or size > LARGEST):
            break
        ids.append(pk)
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
