"""One thread per process that commits what arrives: all that waits goes into one commit, so that a disk that can flush
two hundred times a second takes in many more requests than that.
"""

import logging
import os
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connections, transaction

from firstwin.core.failpoints import failpoint
from firstwin.usage.ingest.overload import Overloaded, Room
from firstwin.usage.store.models import Inbox
from firstwin.usage.store.router import EVENTS

logger = logging.getLogger(__name__)

MOST_WAITING = 256
"""Requests that may wait for a commit."""

_GROUP = 64
_PATIENCE = 12.0  # seconds a request waits for its commit; official clients wait 10 to 15
_IDLE = 5.0  # seconds without work after which the thread ends and closes its connections


@dataclass(frozen=True, slots=True)
class Arrival:
    body: bytes
    source_id: int
    call: str
    received_at: datetime
    events: int


def store(arrivals: Sequence[Arrival]) -> None:
    """Commit all of them or none."""
    with transaction.atomic(using=EVENTS):
        _insist_on_disk()
        Inbox.objects.bulk_create(map(_row, arrivals))
        failpoint("ingest.stored")
    failpoint("ingest.committed")


Item = tuple[Arrival, "Future[None]"]
Group = list[Item]


class Writer:
    """The thread is started when there is something to do, ends when there is nothing, and is started anew in a child
    of this process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: queue.Queue[Item | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None
        self._room = Room()

    def put(self, arrival: Arrival) -> None:
        """Returns when it is committed. Raises Overloaded."""
        done: Future[None] = Future()
        with self._lock:  # so that the thread cannot end between the look at it and the put
            try:
                self._waiting.put_nowait((arrival, done))
            except queue.Full:
                raise Overloaded("Too many requests wait to be stored.") from None
            self._see_to_thread()
        try:
            done.result(timeout=_PATIENCE)
        except TookTooLong:
            done.cancel()
            raise Overloaded("The database does not answer.") from None

    def stop(self) -> None:
        """End the thread when it has stored what waits. For tests, whose database goes away."""
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is None or not thread.is_alive():
                return
            self._waiting.put(None)
        thread.join()

    def _see_to_thread(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="ingest", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            is_last = False
            while not is_last:
                group, is_last = self._next_group()
                if group:
                    self._settle(group)
        finally:
            connections.close_all()

    def _next_group(self) -> tuple[Group, bool]:
        """All that waits, up to a bound, and whether the thread shall end then."""
        group: Group = []
        item = self._first()
        while item is not None:
            if item[1].set_running_or_notify_cancel():
                group.append(item)
            if len(group) == _GROUP:
                return group, False
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _first(self) -> Item | None:
        """Wait for something to do. None: there was nothing for a while, or somebody asked it to end."""
        try:
            return self._waiting.get(timeout=_IDLE)
        except queue.Empty:
            with self._lock:
                if not self._waiting.empty():
                    return self._waiting.get_nowait()
                self._thread = None  # whoever comes next starts another
                return None

    def _settle(self, group: Group) -> None:
        try:
            problem = self._stored([arrival for arrival, _ in group])
        except Exception as other:
            problem = other
        for _, done in group:
            if problem is None:
                done.set_result(None)
            else:
                done.set_exception(problem)

    def _stored(self, arrivals: Sequence[Arrival]) -> Exception | None:
        _fresh()
        try:
            self._room.take(sum(len(arrival.body) for arrival in arrivals))
            store(arrivals)
        except Overloaded as full:
            return full
        except (DatabaseError, InterfaceError) as problem:  # locked, disk full, gone away
            logger.warning("What arrived could not be stored; its senders were asked to come again: %s", problem)
            connections[EVENTS].close()
            return Overloaded("The database cannot store anything now.", retry_after=5)
        return None


writer = Writer()
# A child has no thread of its own yet, and what waits in the parent is the parent's.
os.register_at_fork(after_in_child=writer.__init__)  # type: ignore[misc]


def _row(arrival: Arrival) -> Inbox:
    return Inbox(
        source=arrival.source_id,
        call=arrival.call,
        received_at=arrival.received_at,
        body=arrival.body,
        events=arrival.events,
        size=len(arrival.body),
    )


def _fresh() -> None:
    """A connection that the database still knows of: this thread outlives many a restart."""
    for alias in {EVENTS, "default"}:
        connections[alias].close_if_unusable_or_obsolete()


def _insist_on_disk() -> None:
    """SQLite flushes each commit by its settings; a PostgreSQL that was told not to wait is told otherwise here."""
    connection = connections[EVENTS]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO on")
