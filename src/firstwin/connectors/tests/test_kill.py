"""Killed at any point, an import goes on to its end or is undone; killed while it is undone, it ends undone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from firstwin.connectors.tests.killing import POINTS, UNDO_POINTS


def killed(folder: Path, *options: str) -> list[dict[str, Any]]:
    """Every run that was killed, after it ended as it should: with what a whole run leaves, or with nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "firstwin.connectors.tests.killing", str(folder), *options],
        env=os.environ | {"FIRSTWIN_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    whole, *kills = map(json.loads, done.stdout.splitlines())
    assert whole["status"] == 0 and whole["problems"] == [] and whole["digest"] != whole["empty"], done.stderr
    wanted = {"goes on": whole["digest"], "is undone": whole["empty"]}
    wrong = [
        kill
        for kill in kills
        if kill["again"] != 0 or kill.get("problems") != [] or kill.get("digest") != wanted[kill["how"]]
    ]
    assert wrong == [], done.stderr[-3_000:]
    return kills


def test_killed_at_each_point_it_goes_on_or_is_undone(tmp_path: Path) -> None:
    kills = killed(tmp_path, "first")
    for how, points in (("goes on", POINTS), ("is undone", (*POINTS, *UNDO_POINTS))):
        assert [kill["point"] for kill in kills if kill["is_hit"] and kill["how"] == how] == list(points)


@pytest.mark.slow
def test_killed_at_each_pass_of_each_point_it_goes_on_or_is_undone(tmp_path: Path) -> None:
    kills = killed(tmp_path)
    assert {kill["point"] for kill in kills if kill["is_hit"]} == {*POINTS, *UNDO_POINTS}
    # The last pass of each point is the one beyond the end: nothing was killed, and the run came through.
    unhit = [kill for kill in kills if not kill["is_hit"]]
    assert [kill["status"] for kill in unhit] == [0] * (2 * len(POINTS) + len(UNDO_POINTS))
