"""How far a run has come: what the run's row keeps, moved in the transaction of each slice."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from firstwin.connectors.files import Place
from firstwin.connectors.hold import Hold
from firstwin.connectors.report import KEPT, Report

Tell = Callable[[str, int], None]
"""Told (what is being done, how many rows of it were just done)."""

_MOVES_APART = 1.0
"""Seconds between two notes of a dry run, which nobody resumes."""


@dataclass(frozen=True)
class Pass:
    """One reading of one file: its rows, or, after all files, only the parents in it."""

    file: int
    step: Literal["rows", "parents"]
    size: int


@dataclass
class Course:
    """The passes of a run, and where in them it is.

    step: the pass at work.  place: right behind the last row taken in; None at the beginning of the file.
    at: bytes of it read so far.  more: what else the cursor keeps.
    """

    passes: Sequence[Pass]
    report: Report
    hold: Hold | None
    tell: Tell
    worked: float = 0.0
    step: int = 0
    place: Place | None = None
    at: int = 0
    lengths: list[int] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)
    began: float = field(default_factory=time.perf_counter)
    noted: float = 0.0

    def move(self, place: Place | None, **columns: Any) -> None:
        """Note that all rows before `place` are taken in. In the caller's transaction; raises hold.Lost."""
        self.place = place
        if self.hold is not None:
            self.hold.move(
                cursor=self.as_dict(), files=self.files(), progress=self.progress, worked=self.seconds,
                rows_total=self.rows_total, **columns,
            )  # fmt: skip

    def move_dry(self, place: Place | None) -> None:
        self.place = place
        if self.hold is not None and time.perf_counter() - self.noted > _MOVES_APART:
            self.noted = time.perf_counter()
            self.hold.move(progress=self.progress, worked=self.seconds, files=self.files(), rows_total=self.rows_total)

    def next_pass(self) -> None:
        self.step, self.place, self.at = self.step + 1, None, 0

    def say(self, rows: int) -> None:
        now = self.passes[self.step]
        share = min(self.at * 100 // max(now.size, 1), 100)
        self.tell(f"{self.report.files[now.file].name} {share}%", rows)

    @property
    def seconds(self) -> float:
        """At work so far, earlier sittings included."""
        return self.worked + time.perf_counter() - self.began

    @property
    def progress(self) -> float:
        whole = sum(one.size for one in self.passes) or 1
        done = sum(one.size for one in self.passes[: self.step])
        if self.step < len(self.passes):
            done += min(self.at, self.passes[self.step].size)
        return min(done / whole, 1.0)

    @property
    def rows_total(self) -> int | None:
        """A guess from the bytes read and the rows that were in them."""
        whole = sum(one.size for one in self.passes if one.step == "rows")
        done = sum(one.size for one in self.passes[: self.step] if one.step == "rows")
        if self.step < len(self.passes) and self.passes[self.step].step == "rows":
            done += min(self.at, self.passes[self.step].size)
        read = self.report.rows
        return round(read * whole / done) if done and read else None

    def files(self) -> list[dict[str, Any]]:
        return [file.as_dict(shown=KEPT) for file in self.report.files]

    def as_dict(self) -> dict[str, Any]:
        return {**self.more, "step": self.step, "place": self.place, "at": self.at, "rejected": self.lengths}

    def resume(self, cursor: dict[str, Any]) -> None:
        self.step, self.place, self.at = int(cursor["step"]), cursor["place"], int(cursor["at"])
        self.lengths = [int(length) for length in cursor["rejected"]]
