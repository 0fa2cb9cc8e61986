"""The thread that commits what arrives: many requests become few commits, and none is ever told a lie."""

import os
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connections

from firstwin.usage.ingest import writer as module
from firstwin.usage.ingest.accept import accept
from firstwin.usage.ingest.overload import Overloaded
from firstwin.usage.ingest.writer import Arrival, Writer
from firstwin.usage.store.models import Inbox
from firstwin.usage.store.router import EVENTS

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)

IS_POSTGRESQL = connections[EVENTS].vendor == "postgresql"


class Unbounded:
    def take(self, size: int) -> None: ...


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[list[bytes]]:
    """What each commit held; nothing goes to a database."""
    made: list[list[bytes]] = []
    monkeypatch.setattr(module, "store", lambda arrivals: made.append([arrival.body for arrival in arrivals]))
    monkeypatch.setattr(module, "_fresh", lambda: None)
    return made


@pytest.fixture
def writer(commits: list[list[bytes]]) -> Iterator[Writer]:
    made = Writer()
    made._room = Unbounded()  # type: ignore[assignment]
    yield made
    made.stop()


def arrival(body: bytes) -> Arrival:
    return Arrival(body, 1, "track", NOW, 1)


def test_what_waits_together_is_committed_together(writer, commits, monkeypatch) -> None:
    """While one commit takes its time, the others gather."""
    busy, go_on = threading.Event(), threading.Event()
    plain = module.store

    def slow(arrivals: list[Arrival]) -> None:
        if not busy.is_set():
            busy.set()
            assert go_on.wait(10)
        plain(arrivals)

    monkeypatch.setattr(module, "store", slow)
    with ThreadPoolExecutor(21) as pool:
        first = pool.submit(writer.put, arrival(b"first"))
        assert busy.wait(10)
        rest = [pool.submit(writer.put, arrival(b"%d" % n)) for n in range(20)]
        while writer._waiting.qsize() < 20:
            pass
        go_on.set()
        for done in (first, *rest):
            assert done.result(timeout=10) is None
    assert [len(commit) for commit in commits] == [1, 20]


def test_nobody_is_thanked_for_what_was_not_committed(writer, commits, monkeypatch) -> None:
    def locked(arrivals: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(module, "store", locked)
        with pytest.raises(Overloaded) as told:
            writer.put(arrival(b"one"))
    assert told.value.retry_after > 0
    writer.put(arrival(b"again"))
    assert commits == [[b"again"]]


def test_a_fault_of_ours_is_no_thanks_either(writer, monkeypatch) -> None:
    def broken(arrivals: object) -> None:
        raise TypeError("a bug")

    monkeypatch.setattr(module, "store", broken)
    with pytest.raises(TypeError):
        writer.put(arrival(b"one"))


def test_only_so_many_may_wait(writer, monkeypatch) -> None:
    writer._waiting = queue.Queue(1)
    writer._waiting.put((arrival(b"one"), Future()))
    monkeypatch.setattr(writer, "_see_to_thread", lambda: None)
    with pytest.raises(Overloaded):
        writer.put(arrival(b"two"))


def test_who_gave_up_waiting_is_not_stored_behind_their_back(writer, commits, monkeypatch) -> None:
    """They were told that nothing was kept; they will send it again."""
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    with monkeypatch.context() as patch:
        patch.setattr(writer, "_see_to_thread", lambda: None)
        with pytest.raises(Overloaded):
            writer.put(arrival(b"given up"))
    writer.put(arrival(b"next"))
    assert commits == [[b"next"]]


def test_the_thread_ends_when_there_is_nothing_to_do_and_comes_back(writer, commits, monkeypatch) -> None:
    monkeypatch.setattr(module, "_IDLE", 0.01)
    for n in range(5):
        writer.put(arrival(b"%d" % n))
        thread = writer._thread
        if thread is not None:
            thread.join(timeout=10)
            assert not thread.is_alive()
    assert sum(len(commit) for commit in commits) == 5


def test_a_child_of_the_process_has_a_writer_of_its_own(writer, commits) -> None:
    writer.put(arrival(b"parent"))
    reader, told = os.pipe()
    if (child := os.fork()) == 0:
        module.writer._room = Unbounded()  # type: ignore[assignment]
        module.writer.put(arrival(b"child"))
        os.write(told, b"stored")
        os._exit(0)
    os.close(told)
    assert os.read(reader, 10) == b"stored"
    os.close(reader)
    os.waitpid(child, 0)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_stored_by_a_database_that_flushes(monkeypatch) -> None:
    """A PostgreSQL that was told not to wait for its disk, as the cluster of the tests is, waits for ours."""
    asked: list[str] = []
    plain = module._insist_on_disk

    def looked() -> None:
        plain()
        if IS_POSTGRESQL:
            with connections[EVENTS].cursor() as cursor:
                cursor.execute("SHOW synchronous_commit")
                asked.append(cursor.fetchone()[0])

    monkeypatch.setattr(module, "_insist_on_disk", looked)
    if IS_POSTGRESQL:
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(take, range(200)))
        module.writer.stop()
    else:  # a test's SQLite lives in the memory of one connection
        list(map(take, range(200)))
    assert {bytes(row.body) for row in Inbox.objects.all()} == {b"%d" % n for n in range(200)}
    assert set(asked) == ({"on"} if IS_POSTGRESQL else set())


def take(n: int) -> None:
    accept(b"%d" % n, source_id=1, call="track", received_at=NOW, events=1)
