"""Killed at any point between the socket and the roll-ups: what was acknowledged is stored, nothing counts twice."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from firstwin.usage.tests.lake_killing import POINTS


def killed(folder: Path, *options: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """(a whole run, the runs that were killed and went on)"""
    done = subprocess.run(
        [sys.executable, "-m", "firstwin.usage.tests.lake_killing", str(folder), *options],
        env=os.environ | {"FIRSTWIN_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    whole, *kills = map(json.loads, done.stdout.splitlines())
    assert (whole["status"], whole["lost"], whole["problems"]) == (0, [], []), (whole, done.stderr[-3_000:])
    return whole, kills


def _wrong(whole: dict[str, Any], kills: list[dict[str, Any]]) -> list[dict[str, Any]]:
    good = {"again": 0, "lost": [], "problems": [], "digest": whole["digest"]}
    return [kill for kill in kills if {name: kill.get(name) for name in good} != good]


def test_killed_at_each_point_nothing_is_lost_and_nothing_counts_twice(tmp_path: Path) -> None:
    whole, kills = killed(tmp_path, "first")
    assert _wrong(whole, kills) == []
    assert [kill["point"] for kill in kills if kill["is_hit"]] == list(POINTS)


def test_a_commit_that_does_not_happen_is_noticed(tmp_path: Path) -> None:
    _, (acknowledging, storing) = killed(tmp_path, "broken")
    assert acknowledging["lost"] == storing["lost"] == [0, 1, 2, 3]


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_and_nothing_counts_twice(tmp_path: Path) -> None:
    whole, kills = killed(tmp_path, "random")
    assert _wrong(whole, kills) == []
    assert sum(kill["is_hit"] for kill in kills) >= 0.8 * len(kills)


@pytest.mark.slow
def test_killed_at_each_pass_of_each_point_nothing_is_lost(tmp_path: Path) -> None:
    whole, kills = killed(tmp_path)
    assert _wrong(whole, kills) == []
    assert {kill["point"] for kill in kills if kill["is_hit"]} == set(POINTS)
