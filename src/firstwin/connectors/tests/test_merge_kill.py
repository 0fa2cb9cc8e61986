"""Killed at any point, a merge or an un-merge has happened whole or not at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

from firstwin.connectors.tests.merge_killing import POINTS


def test_killed_at_each_point_it_is_whole_or_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "firstwin.connectors.tests.merge_killing", str(tmp_path)],
        env=os.environ | {"FIRSTWIN_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    kills = [json.loads(line) for line in done.stdout.splitlines()]
    assert [kill["point"] for kill in kills if kill["is_hit"]] == [point for some in POINTS.values() for point in some]
    for kill in kills:
        is_done = kill["point"].endswith("after_commit")
        assert kill["before"]["digest"] != kill["after"]["digest"]
        assert kill["found"]["digest"] == kill["after" if is_done else "before"]["digest"], kill["point"]
        assert kill["whole"]["digest"] == kill["after"]["digest"], kill["point"]
        assert kill["found"]["problems"] == kill["whole"]["problems"] == []
