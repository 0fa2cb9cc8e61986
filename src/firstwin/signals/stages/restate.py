"""A late fact changes history: which moves no longer hold, and which hold instead."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from firstwin.signals.stages.standing import Move, Moving


class Kept(Moving, Protocol):
    """A move with the stage before it."""

    @property
    def previous(self) -> str: ...


K = TypeVar("K", bound=Kept)
M = TypeVar("M")


@dataclass(frozen=True)
class Restatement(Generic[K]):
    """stand_down: stored moves that are not so any more.  added: those that were missing, in their order."""

    stand_down: list[K]
    added: list[Move]

    @property
    def is_nothing(self) -> bool:
        return not self.stand_down and not self.added


def restate(before: Sequence[K], after: Iterable[Move]) -> Restatement[K]:
    """Compare what is stored with what facts say now, each account's moves in the order they happened; what decided a
    move and the version of its pipeline are no difference: a past under another version is not rewritten by it.

    A day is restated as a whole: what was stored earlier comes first within a day, which would tangle the order.
    """
    stored, folded = _by_day(before), _by_day(after)
    changed = {day for day in stored.keys() | folded.keys() if _said(stored[day]) != _said(folded[day])}
    return Restatement(
        [kept for kept in before if _day(kept) in changed],
        [move for day, some in folded.items() if day in changed for move in some],
    )


def _by_day(moves: Iterable[M]) -> defaultdict[tuple[int, date], list[M]]:
    found: defaultdict[tuple[int, date], list[M]] = defaultdict(list)
    for move in moves:
        found[_day(move)].append(move)
    return found


def _day(move: Any) -> tuple[int, date]:
    return move.account if isinstance(move, Move) else move.account_id, move.on


def _said(moves: Iterable[Any]) -> list[tuple[str, ...]]:
    return [(move.pipeline, move.stage, move.overlay, move.previous) for move in moves]
