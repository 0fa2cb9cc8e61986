"""How far a long command has come: nothing for two seconds, then a line on standard error now and then."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self, TextIO, TypeVar

T = TypeVar("T")

QUIET_SECONDS = 2.0


class Progress:
    """Counts what is done and tells it.

    On a terminal one line is rewritten five times a second; into a file a new line is written every ten seconds.
    """

    def __init__(
        self,
        label: str,
        total: int | None = None,
        *,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.label, self.total, self.done = label, total, 0
        self._stream = stream or sys.stderr
        self._clock = clock
        self._is_terminal = self._stream.isatty()
        self._began = clock()
        self._told_at = self._began + QUIET_SECONDS - self._pause

    @property
    def _pause(self) -> float:
        return 0.2 if self._is_terminal else 10.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._clock() - self._began >= QUIET_SECONDS:
            self._tell(end="\n")

    def advance(self, steps: int = 1) -> None:
        self.done += steps
        if self._clock() - self._told_at >= self._pause:
            self._tell(end="" if self._is_terminal else "\n")

    def say(self, label: str) -> None:
        """Name the part that begins now."""
        self.label = label
        self.advance(0)

    def over(self, things: Iterable[T]) -> Iterator[T]:
        """The same things, counted as they pass."""
        for thing in things:
            yield thing
            self.advance()

    def _tell(self, end: str) -> None:
        self._told_at = self._clock()
        count = f" {self.done:,}" if self.done or self.total else ""
        if self.total:
            count += f" of {self.total:,} ({self.done * 100 // self.total}%)"
        line = f"{self.label}{count}, {self._told_at - self._began:.0f} s"
        self._stream.write((f"\r\033[K{line}" if self._is_terminal else line) + end)
        self._stream.flush()
