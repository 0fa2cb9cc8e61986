"""Imports as people see them: a state in words, sums over files, what can still be done."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from firstwin.connectors.models import ImportRun, State
from firstwin.connectors.models.run import AHEAD
from firstwin.connectors.report import OUTCOMES

TONES = {
    State.CHECKING: "accent",
    State.RUNNING: "accent",
    State.STOPPED: "watch",
    State.FINISHED: "good",
    State.FAILED: "risk",
    State.UNDOING: "accent",
}
GOING = (*AHEAD, State.UNDOING)


@dataclass(frozen=True)
class Shown:
    """A run for the pages. progress: 0 to 1.  left: how long it may still take, in words."""

    run: ImportRun
    totals: dict[str, int]
    state: str
    tone: str
    is_going: bool
    progress: float
    left: str
    may_undo: bool

    @property
    def may_resume(self) -> bool:
        return self.run.state in (State.STOPPED, State.FAILED) and not self.run.is_dry_run

    @property
    def has_rejects(self) -> bool:
        return bool(self.totals["rejected"] or self.totals.get("incomplete"))


def shown(run: ImportRun, *, now: datetime) -> Shown:
    words, tone = run.get_state_display(), TONES.get(State(run.state), "none")
    if run.is_dry_run and run.state == State.FINISHED:
        words, tone = "Dry run", "none"
    totals = totals_of(run.files)
    if tone == "good" and totals["rejected"]:
        tone = "watch"
    is_going = run.state in GOING
    may_undo = run.undo_until is not None and now < run.undo_until and run.state != State.UNDOING
    return Shown(run, totals, words, tone, is_going, run.progress, _in_words(run.seconds_left), may_undo)


def totals_of(files: Iterable[dict[str, Any]]) -> dict[str, int]:
    names = ("read", *OUTCOMES, "incomplete", "linked")
    counts = [file.get("counts", {}) for file in files]
    return {name: sum(int(one.get(name, 0)) for one in counts) for name in names}


def _in_words(seconds: int | None) -> str:
    """About how long, for a person who waits."""
    if seconds is None:
        return ""
    if seconds < 5:
        return "a few seconds left"
    if seconds < 90:
        return f"about {max(5, round(seconds / 5) * 5)} seconds left"
    minutes = round(seconds / 60)
    return f"about {minutes} minutes left" if minutes < 90 else f"about {round(minutes / 60)} hours left"
