import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from firstwin.core import invariants
from firstwin.core.progress import Progress


@pytest.fixture(autouse=True)
def checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "_invariants", {})
    invariants.register_invariant("a.sound", "Nothing is wrong", lambda now: [])


def run(*arguments: str) -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command("verify", *arguments, stdout=out)
    except SystemExit as ended:
        return out.getvalue(), int(ended.code or 0)
    return out.getvalue(), 0


def test_a_sound_installation_ends_with_zero() -> None:
    assert run() == ("✓ Nothing is wrong\n1 check, 0 problems.\n", 0)


def test_each_problem_is_told_and_the_exit_code_is_one() -> None:
    invariants.register_invariant("b.broken", "All is in place", lambda now: ["one is missing", "one is double"])
    said, code = run()
    assert code == 1
    assert said.endswith(
        "✗ All is in place\n    one is missing\n    one is double\n2 checks, 2 problems.\n"
    )  # fmt: skip


def test_a_check_that_breaks_is_a_problem_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def breaks(now: Any) -> list[str]:
        raise LookupError("no table")

    invariants.register_invariant("a.breaks", "Can be read", breaks)
    said, code = run("--json")
    assert code == 1
    assert json.loads(said) == {
        "is_sound": False,
        "checks": [
            {"key": "a.breaks", "label": "Can be read", "problems": ["could not be checked: no table"]},
            {"key": "a.sound", "label": "Nothing is wrong", "problems": []},
        ],
    }


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def progressing(stream: io.StringIO, seconds: float) -> str:
    at = iter(step * seconds / 10 for step in range(100))
    with Progress("Importing", 4, stream=stream, clock=lambda: next(at)) as progress:
        for _ in progress.over(range(4)):
            pass
    return stream.getvalue()


def test_a_short_command_says_nothing() -> None:
    assert progressing(io.StringIO(), 1) == ""


def test_a_long_command_tells_how_far_it_is() -> None:
    said = progressing(Terminal(), 20)
    assert "\r\033[KImporting 2 of 4 (50%), 6 s" in said
    assert said.endswith("\n")
    into_a_file = progressing(io.StringIO(), 10)
    assert into_a_file.startswith("Importing 2 of 4 (50%), ")
    assert into_a_file.count("\n") == 2
