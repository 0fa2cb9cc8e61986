"""Events are stored once for ever, together with everything that is said about them, or not at all."""

import errno
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firstwin.usage.lake import keys, lease, pieces
from firstwin.usage.lake.commit import store
from firstwin.usage.store.models import Inbox, Lease, Piece
from firstwin.usage.tests.lake_world import NOW, Event, put, read, table_of

pytestmark = pytest.mark.django_db


def batch() -> int:
    return Inbox.objects.create(source=1, received_at=NOW, body=b"x", events=1, size=1).pk


def test_repetitions_are_dropped_within_a_batch_and_for_ever(lake: Path) -> None:
    assert put(Event(1), Event(2), Event(1)).repeated == 1
    assert put(Event(2), Event(3)).rows == 1
    again = put(Event(1), Event(3))
    assert (again.rows, again.repeated, again.is_new.tolist()) == (0, 2, [False, False])
    assert len(read("events")) == 3


def test_keys_that_share_their_first_half_are_told_apart(lake: Path) -> None:
    same = np.full(5, 7, np.uint64)
    pieces.add([keys.write_keys(same, np.arange(5, dtype=np.uint64))], now=NOW)
    wanted = np.array([4, 9, 0, 9, 2], np.uint64)
    assert keys.unseen(same, wanted).tolist() == [False, True, False, False, False]
    assert keys.unseen(np.array([6, 8, 7], np.uint64), np.array([1, 1, 1], np.uint64)).tolist() == [True, True, False]


def test_the_largest_keys_are_found(lake: Path) -> None:
    top = np.array([2**64 - 1, 0, 2**63], np.uint64)
    assert keys.unseen(top, top).all()
    pieces.add([keys.write_keys(top, top)], now=NOW)
    assert not keys.unseen(top, top).any()


def test_what_belongs_to_it_is_committed_with_it(lake: Path) -> None:
    pk = batch()
    told: list[list[bool]] = []
    seen: list[int] = []
    store(
        table_of([Event(1), Event(1)]),
        inbox_ids=[pk],
        kept=lambda is_new: told.append(is_new.tolist()),
        extra=lambda: seen.append(len(told)),
        now=NOW,
    )
    assert (told, seen) == ([[True, False]], [1])
    assert not Inbox.objects.exists()


def test_nothing_is_changed_when_what_belongs_to_it_fails(lake: Path) -> None:
    pk = batch()

    def fails() -> None:
        Lease.objects.create(name="half", holder="done", until_at=NOW)
        raise ValueError("no")

    with pytest.raises(ValueError):
        store(table_of([Event(1)]), inbox_ids=[pk], extra=fails, now=NOW)
    assert Inbox.objects.count() == 1 and not Piece.objects.exists() and not Lease.objects.exists()
    assert put(Event(1), inbox=[pk]).rows == 1


def test_a_batch_taken_up_by_another_is_not_stored_twice(lake: Path) -> None:
    with pytest.raises(lease.Busy):
        put(Event(1), inbox=[4711])
    assert not Piece.objects.exists()


def test_a_full_disk_leaves_everything_as_it_was(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(Event(1))
    pk = batch()
    before = sorted(path for path in lake.rglob("*") if path.is_file())

    def full(file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            put(Event(2), inbox=[pk])
    assert sorted(path for path in lake.rglob("*") if path.is_file()) == before
    assert Inbox.objects.count() == 1 and len(read("events")) == 1 and not Lease.objects.exists()


def _held_by(holder: str, until: Any = NOW + timedelta(minutes=5)) -> None:
    Lease.objects.create(name=lease.ADDING, holder=holder, until_at=until)


def test_who_comes_second_waits_and_is_told_so(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _held_by("x@elsewhere:1:y")
    monkeypatch.setattr("firstwin.usage.lake.commit.WAIT_SECONDS", 0.1)
    with pytest.raises(lease.Busy):
        put(Event(1))


def test_a_lease_that_ran_out_or_whose_process_is_gone_is_taken_over(lake: Path) -> None:
    import socket

    for holder, until in (
        ("x@elsewhere:1:y", NOW - timedelta(seconds=1)),
        (f"x@{socket.gethostname()[:32]}:99999999:y", NOW + timedelta(minutes=5)),
        (f"x@{socket.gethostname()[:32]}:{os.getpid()}:before", NOW + timedelta(minutes=5)),
    ):
        _held_by(holder, until)
        put(Event(1))
        assert not Lease.objects.exists()


def test_who_lost_the_lease_commits_nothing(lake: Path) -> None:
    with lease.alone(lease.ADDING, now=NOW):
        Lease.objects.update(holder="somebody else")
        with pytest.raises(lease.Busy):
            put(Event(1))
    assert not Piece.objects.exists()
    assert Lease.objects.get().holder == "somebody else"
