"""Killed between the store of events and the database of facts, an import of use ends with every row once, or undone
with none."""

import sqlite3
from pathlib import Path

import pytest
from tests.fixtures import run_firstwin

MAPPING = """
source: shop
files:
  - name: accounts
    kind: accounts
    path: accounts.csv
    key: id
    fields: {name: name}
  - name: daily
    kind: daily_usage
    path: daily.csv
    key: id
    fields: {account: account, on: day, event: what, count: n}
"""
ROWS = 450
"""More than one slice."""


def stored(home: Path) -> int:
    with sqlite3.connect(home / "events.sqlite3") as store:
        asked = "select coalesce(sum(rows), 0) from lake_piece where \"table\" = 'events' and retired_at is null"
        (waiting,), (rows,) = (
            store.execute("select count(*) from lake_inbox").fetchone(),
            store.execute(asked).fetchone(),
        )
    assert waiting == 0
    return int(rows)


@pytest.mark.parametrize("point", ["use.inbox.after_commit:2", "import.slice.before_commit:3"])
def test_it_goes_on_and_can_be_undone(fresh_home: Path, tmp_path: Path, point: str) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING)
    (tmp_path / "accounts.csv").write_text("id,name\nA,Acme\n")
    days = "".join(f"d{n},A,2024-0{1 + n // 100}-{1 + n % 28:02},Export {n % 7},2\n" for n in range(ROWS))
    (tmp_path / "daily.csv").write_text(f"id,account,day,what,n\n{days}")
    killed = run_firstwin(fresh_home, "import", str(mapping), FAILPOINT=point)
    assert killed.returncode == -9, killed.stderr
    resumed = run_firstwin(fresh_home, "import", "--resume", "1")
    assert resumed.returncode == 0, resumed.stderr
    assert stored(fresh_home) == ROWS
    cut_off = run_firstwin(fresh_home, "import", "--undo", "1", FAILPOINT="undo.use_taken_out")
    assert cut_off.returncode == -9, cut_off.stderr
    undone = run_firstwin(fresh_home, "import", "--undo", "1")
    assert undone.returncode == 0, undone.stderr
    assert stored(fresh_home) == 0
    verified = run_firstwin(fresh_home, "verify")
    assert verified.returncode == 0, verified.stdout
