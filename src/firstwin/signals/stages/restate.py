"""A late fact changes history: which moves no longer hold, and which hold instead."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from firstwin.signals.stages.standing import Move


class Kept(Protocol):
    """A move as the ledger keeps it, or as it was folded."""

    @property
    def pipeline(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def overlay(self) -> str: ...
    @property
    def previous(self) -> str: ...
    @property
    def on(self) -> date: ...


K = TypeVar("K", bound=Kept)


@dataclass(frozen=True)
class Restatement(Generic[K]):
    """stand_down: stored moves that are not so any more.  added: those that were missing, in their order."""

    stand_down: list[K]
    added: list[Move]

    @property
    def is_nothing(self) -> bool:
        return not self.stand_down and not self.added


def restate(before: Sequence[K], after: Iterable[Move]) -> Restatement[K]:
    """Compare what is stored with what facts say now; what decided a move and the version of its pipeline are no
    difference: a past under another version is not rewritten by it."""
    have = Counter(_said(move) for move in before)
    added = []
    for move in after:
        said = _said(move)
        if have[said]:
            have[said] -= 1
        else:
            added.append(move)
    stand_down = []
    for kept in reversed(before):  # of two alike, the later one goes
        if have[_said(kept)]:
            have[_said(kept)] -= 1
            stand_down.append(kept)
    return Restatement(stand_down[::-1], added)


def _said(move: Any) -> tuple[Any, ...]:
    account = move.account if isinstance(move, Move) else move.account_id
    return account, move.pipeline, move.stage, move.overlay, move.previous, move.on
