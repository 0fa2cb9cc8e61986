"""A backup holds the events too: the store's rows, wherever they stand, and the files of the lake."""

import json
from pathlib import Path

import pytest

from firstwin.core.tests.installations import Installation, is_on_postgresql, on_postgresql, on_sqlite

STORE = """
from firstwin.usage.lake import fold
from firstwin.usage.tests.lake_world import Event, put
from firstwin.usage.store.models import Inbox
from firstwin.core import clock
put(*(Event(n, day=20_000 + n, place=n % 3) for n in range(50)))
fold.fold(clock.now())
put(*(Event(n, day=20_000 + n, place=n % 3) for n in range(40, 60)))
Inbox.objects.create(source=1, received_at=clock.now(), body=bytes(range(256)), events=1, size=256)
said = 0
"""
READ = """
from firstwin.usage.tests.lake_world import Event, put, read_all
from firstwin.usage.store.models import Inbox
said = [repr(read_all()), [bytes(body).hex() for body in Inbox.objects.values_list("body", flat=True)]]
"""
REPEAT = """
from firstwin.usage.tests.lake_world import Event, put
said = put(*(Event(n, day=20_000 + n, place=n % 3) for n in range(61))).rows
"""


def _ways(tmp_path: Path) -> tuple[Installation, Installation]:
    """SQLite to SQLite; with PostgreSQL from there to SQLite."""
    if is_on_postgresql():
        first = on_postgresql(tmp_path / "a", "firstwin_lake", is_migrated=True)
    else:
        first = on_sqlite(tmp_path / "a", is_migrated=True)
    return first, on_sqlite(tmp_path / "b")


@pytest.mark.once
def test_events_come_back_and_stay_known(tmp_path: Path) -> None:
    first, second = _ways(tmp_path)
    first.python(STORE)
    told = json.loads(first.must("backup", str(tmp_path / "backup"), "--json"))
    assert (told["missed"], told["left_out"]) == ([], [])
    restored = json.loads(second.must("restore", str(tmp_path / "backup"), "--json"))
    assert restored["problems"] == []
    assert second.python(READ) == first.python(READ)
    assert second.must("lake", "verify", "--whole").splitlines()[-1] == "0 problems."
    assert second.python(REPEAT) == 1
