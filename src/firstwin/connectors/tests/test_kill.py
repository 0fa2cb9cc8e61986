"""Killed at any point, an import that is run again ends where one that was never killed ends."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from firstwin.connectors.tests.killing import POINTS


def killed(folder: Path, *options: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """(the run that was not killed, every other run)."""
    done = subprocess.run(
        [sys.executable, "-m", "firstwin.connectors.tests.killing", str(folder), *options],
        env=os.environ | {"FIRSTWIN_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    whole, *kills = map(json.loads, done.stdout.splitlines())
    assert whole["status"] == 0 and whole["digest"], done.stderr
    wrong = [kill for kill in kills if kill["again"] != 0 or kill["digest"] != whole["digest"]]
    assert wrong == [], done.stderr[-3_000:]
    return whole, kills


def test_killed_at_each_point_and_run_again_it_completes(tmp_path: Path) -> None:
    _, kills = killed(tmp_path, "first")
    assert [kill["point"] for kill in kills if kill["is_hit"]] == list(POINTS)


@pytest.mark.slow
def test_killed_at_each_pass_of_each_point_it_completes(tmp_path: Path) -> None:
    _, kills = killed(tmp_path)
    assert {kill["point"] for kill in kills if kill["is_hit"]} == set(POINTS)
    # The last pass of each point is the one beyond the end: nothing was killed, and the run came through.
    unhit = [kill for kill in kills if not kill["is_hit"]]
    assert [kill["status"] for kill in unhit] == [0] * len(POINTS)
