"""Take in use that others recorded: events one by one, or counts a day. They wait in the inbox as rows of the lake and
become part of it like any event, once each however often they are told.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from firstwin.accounts.actions.receive import Received
from firstwin.usage.models import Source, SourceKind
from firstwin.usage.store.models import Inbox

_MUCH = 200_000
"""Rows of imports that wait at most: as many as are taken up at once."""

_LOOK_AGAIN = 0.2


@dataclass(frozen=True, slots=True)
class UseSaid:
    """One row: that something was used.

    row: where it stands in its file.  external_id: names it for ever within its source.
    known_at, has_own_time: when the source knew it, where it says so.
    account_id: 0 where only the person is known: then it belongs to where they were.
    at: the moment; of a count of a day (`is_count`), the day's first one.
    count: 1 but for counts of a day.  people: how many distinct people a count is of, where somebody counted them.
    person: what the source calls whoever it was, '' where it does not say; person_id: who that is, where we know.
    """

    row: int
    external_id: str
    known_at: datetime
    has_own_time: bool
    account_id: int
    event: str
    at: datetime
    is_count: bool = False
    count: int = 1
    people: int | None = None
    value_micro: int | None = None
    person: str = ""
    person_id: int | None = None
    team: str = ""
    site: str = ""


def source_of_files(name: str, *, now: datetime) -> Source:
    """The source of events that stands for the source of an import."""
    told = {"name": name, "kind": SourceKind.FILES, "adds_people": False, "recorded_at": now}
    return Source.objects.get_or_create(key=name, defaults=told)[0]


def receive_use(
    *, said: Sequence[UseSaid], source: str, origin: int | None, now: datetime, unsaid: Collection[str] = ()
) -> Received:
    """Put `said` into the inbox, in one transaction of the store. What the lake holds already is left out.

    source: its key.  origin: the import.  Cut off between this and the caller's own transaction, the same rows may be
    put there twice; their keys keep them from counting twice.
    """
    from firstwin.usage.compact.said import put_into_inbox

    return put_into_inbox(said, source_of_files(source, now=now).pk, run=origin or 0, now=now)


def look_at_use(said: Sequence[UseSaid], *, source: str) -> Received:
    """What `receive_use` would answer, without storing anything."""
    from firstwin.usage.compact.said import sorted_out

    number = Source.objects.filter(key=source).values_list("pk", flat=True).first()
    return sorted_out(said, number or 0)[0]


def keep_inbox_small(*, now: datetime) -> None:
    """Take up rows of imports when very many wait, unless somebody else is at it. Outside of any transaction."""
    waiting = Inbox.objects.filter(run__gt=0, held_at__isnull=True).aggregate(events=Sum("events"))["events"] or 0
    if waiting >= _MUCH:
        from firstwin.usage.compact.run import compact_once

        compact_once(now)


def bring_in(*, run: int, now: datetime, patience: float = 60.0) -> bool:
    """Take up what the import `run` left in the inbox, or wait while another process does, and make the figures of its
    accounts again. False: after `patience` seconds some of it still waits; the worker will take it up.
    """
    from firstwin.usage.compact.refresh import refresh_touched
    from firstwin.usage.compact.run import compact_once

    began = time.monotonic()
    while Inbox.objects.filter(run=run, held_at__isnull=True).exists():
        if compact_once(now):
            continue
        if time.monotonic() - began > patience:
            return False
        time.sleep(_LOOK_AGAIN)
    while refresh_touched(now):
        pass
    return True


def take_out(*, run: int, now: datetime) -> int:
    """Take what the import `run` brought out of the lake and out of the inbox. Returns how many rows went."""
    from firstwin.usage.lake.retract import retract

    return retract(run, now)
