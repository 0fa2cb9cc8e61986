"""Killed at any point, an import that is run again ends where one that was never killed ends."""

import json
import os
import subprocess
import sys
from pathlib import Path

from firstwin.connectors.tests.killing import POINTS


def test_killed_anywhere_and_run_again_it_completes(tmp_path: Path) -> None:
    env = os.environ | {"FIRSTWIN_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "firstwin.connectors.tests.killing", str(tmp_path)],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    whole, *kills = map(json.loads, done.stdout.splitlines())
    assert whole["status"] == 0 and whole["digest"]
    assert {kill["point"] for kill in kills if kill["is_hit"]} == set(POINTS)
    unhit = [kill for kill in kills if not kill["is_hit"]]
    assert [kill["status"] for kill in unhit] == [0] * len(POINTS)
    assert [kill for kill in kills if kill["again"] != 0 or kill["digest"] != whole["digest"]] == [], done.stderr[-3_000:]
