"""Killed at any point of the refresh, signals come out as if nobody had died: nothing is lost, nothing stands twice."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from firstwin.signals.tests.signals_killing import BEGINNING, COMPANION

GOOD: dict[str, Any] = {"differing": 0, "differences": [], "lost": [], "doubled": [], "problems": []}


def told(folder: Path, *options: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "firstwin.signals.tests.signals_killing", str(folder), *options],
        env=os.environ | {"FIRSTWIN_HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def wrong(kills: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of those that did not end well."""
    good = GOOD | {"again": 0}
    return [kill for kill in kills if {name: kill.get(name) for name in good} != good][:1]


def test_killed_at_each_point_nothing_is_lost_and_nothing_stands_twice(tmp_path: Path) -> None:
    days = told(tmp_path, "days")
    assert wrong(days) == []
    assert [point for day in days for point in day["hit"]] == list(COMPANION)


@pytest.mark.slow
def test_a_refresh_that_is_less_careful_is_noticed(tmp_path: Path) -> None:
    """By the same checks: the transaction is what saves a mark that comes too early."""
    saved, alone, nothing, forgetful = told(tmp_path, "broken")
    assert saved["is_hit"] and wrong([saved]) == []
    assert alone["is_hit"] and alone["differing"]
    assert nothing["differing"]
    assert forgetful["doubled"]


@pytest.mark.slow
def test_killed_at_each_pass_of_each_point_it_ends_as_if_nobody_had_died(tmp_path: Path) -> None:
    every = told(tmp_path)
    wholes, kills = every[:2], every[2:]
    assert wrong([whole | {"again": whole["status"]} for whole in wholes]) == []
    assert wrong(kills) == []
    digests = {whole["is_begun"]: whole["digest"] for whole in wholes}
    assert [kill for kill in kills if kill["digest"] != digests[kill["is_begun"]]][:1] == []
    for is_begun, points in ((False, COMPANION), (True, BEGINNING)):
        assert {kill["point"] for kill in kills if kill["is_hit"] and kill["is_begun"] is is_begun} == set(points)
