"""Work shared with a second process is done once and wholly, whatever becomes of that process."""

import os
import time
from functools import partial
from operator import getitem
from typing import Any

import pytest

from firstwin.core.beside import in_two


def _slowly(part: int) -> str:
    time.sleep(0.2)  # so that the other one gets its share
    return str(part)


def test_every_part_is_done_by_one_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    there: Any = partial(getitem, {part: f"there {part}" for part in range(30)})
    found = list(in_two(range(30), _slowly, there))
    assert sorted(int(one.split()[-1]) for one in found) == list(range(30))
    assert any(one.startswith("there") for one in found)


def test_what_fails_there_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    nowhere: Any = partial(getitem, {})
    assert sorted(in_two([1, 2, 3], str, nowhere)) == ["1", "2", "3"]


def test_one_part_or_one_core_needs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(part: int) -> str:
        raise AssertionError("asked elsewhere")

    assert list(in_two([1], str, never)) == ["1"]
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert list(in_two([1, 2], str, never)) == ["1", "2"]


def test_a_failure_here_ends_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    def fails(part: int) -> str:
        raise ValueError(part)

    with pytest.raises(ValueError, match="1"):
        list(in_two([1, 2, 3], fails, partial(getitem, {2: "", 3: ""})))
