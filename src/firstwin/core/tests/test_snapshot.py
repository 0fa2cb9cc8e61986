"""Reads within a snapshot see one state, keep nobody waiting, and cannot write."""

from pathlib import Path

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from firstwin.core import clock
from firstwin.core.models import Lease
from firstwin.core.snapshot import snapshot
from firstwin.core.tests.installations import Installation


def _lease(name: str) -> None:
    Lease.objects.create(worker=name, started_at=clock.now(), beat_at=clock.now())


@pytest.mark.django_db
def test_inside_a_transaction_it_simply_goes_on() -> None:
    _lease("before")
    with snapshot():
        assert Lease.objects.filter(worker="before").exists()
        _lease("within")
    assert Lease.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_within() -> None:
    with pytest.raises(DatabaseError), snapshot():
        _lease("within")
    assert not Lease.objects.exists()
    with transaction.atomic():  # and everything as ever after
        _lease("after")
    assert Lease.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_within_only_reads() -> None:
    _lease("before")
    with snapshot(), transaction.atomic():
        assert Lease.objects.count() == 1


SEEN = """
import sqlite3
from contextlib import closing
from django.db import connection
from firstwin.core.models import Lease
from firstwin.core.snapshot import snapshot

def add(name):
    with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0.2)) as other:
        row = [name, "2026-01-01", "2026-01-01"]
        other.execute("insert into core_lease (worker, started_at, beat_at) values (?, ?, ?)", row)
        other.commit()

add("first")
with snapshot():
    said = [Lease.objects.count()]
    add("second")
    said.append(Lease.objects.count())
said.append(Lease.objects.count())
"""


@pytest.mark.once
def test_it_sees_one_state_and_keeps_no_writer_waiting(fresh_home: Path) -> None:
    assert Installation(fresh_home, "").python(SEEN) == [1, 1, 2]
