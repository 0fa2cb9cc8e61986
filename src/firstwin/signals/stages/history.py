"""The moves of a past nobody watched: folded from facts, in weekly steps, with a search for the day within a week.

What came and went within one week leaves no trace; a fact that stays is found on its day.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from firstwin.core.frames import At
from firstwin.people.config.store import Definition
from firstwin.signals.evidence import day_of, number_of
from firstwin.signals.frame.frame import Frame
from firstwin.signals.stages.fold import moved
from firstwin.signals.stages.standing import Ints, Mask, Move, Standings, Words

WEEK = 7
_AHEAD = 26
"""Weeks whose dates are told to the sitting at once."""


class Sitting(Protocol):
    """Facts read once, asked for many dates."""

    @property
    def accounts(self) -> Ints: ...
    def frame(self, at: At, /) -> Frame: ...
    def prepare(self, ats: Sequence[At], /) -> None: ...


Which = Callable[[Frame], Words]
"""The key of each account's pipeline, by the experience that serves it on that day."""


@dataclass(frozen=True)
class History:
    """Where accounts stand on the last day, and every move before: by account, then in the order they happened."""

    standings: Standings
    moves: list[Move]


def folded_history(
    sitting: Sitting,
    pipelines: Mapping[str, Definition],
    which: Which,
    since: date,
    until: date,
    *,
    state: Standings | None = None,
    close: Callable[[date], At] = At.close_of,
    is_weekly: bool = False,
) -> History:
    """Fold from the Sunday on or before `since` to `until`, both included.

    state: where accounts stood before `since` (nobody anywhere unless given).
    close: a day → as of when it is looked at; the default knows only what was known by then. For a past that was
    imported later give one that knows what is known now.
    is_weekly: no search for days within a week: moves are dated to the end of the week in which they are seen.
    """
    fold = _Fold(sitting, pipelines, which, close)
    standings = state or Standings.none(len(sitting.accounts))
    # Weeks end on Sundays whatever `since`, so that an account alone is folded as among others that began earlier.
    begin = number_of(since) - (since.weekday() + 1) % WEEK
    # The first of them stands alone: what had happened before it is dated to it.
    standings = fold.step(standings, begin)
    ends = [*range(begin + WEEK, number_of(until), WEEK), number_of(until)]
    for place, end in enumerate(ends):
        if place % _AHEAD == 0:
            sitting.prepare([close(day_of(day)) for day in ends[place : place + _AHEAD]])
        standings = fold.step(standings, end) if is_weekly else fold.span(standings, begin, end)
        begin = end
    order = {int(pk): n for n, pk in enumerate(sitting.accounts.tolist())}
    fold.moves.sort(key=lambda move: (order[move.account], move.on))  # stable: in a day as they happened
    return History(standings, fold.moves)


class _Fold:
    def __init__(
        self, sitting: Sitting, pipelines: Mapping[str, Definition], which: Which, close: Callable[[date], At]
    ) -> None:
        self.sitting, self.pipelines, self.which, self.close = sitting, pipelines, which, close
        self.moves: list[Move] = []
        self._frames: dict[int, tuple[Frame, Words]] = {}

    def step(self, state: Standings, day: int, chosen: Mask | None = None) -> Standings:
        """One step of those chosen (all when None), kept."""
        if chosen is None:
            self._frames.clear()
        after, moves = self._moved(state, day)
        if chosen is None:
            self.moves += moves
            return after
        ids = set(self.sitting.accounts[chosen].tolist())
        self.moves += [move for move in moves if move.account in ids]
        return state.where(chosen, after)

    def span(self, state: Standings, begin: int, end: int) -> Standings:
        """From the close of one day to that of another: each account's moves on their own days."""
        self._frames = {day: found for day, found in self._frames.items() if day >= begin}
        at = np.full(len(state), begin, np.int64)
        while begin < end:
            low, high = at.copy(), np.full(len(state), end, np.int64)
            moves = self._who(state, end) & (at < end)
            if not moves.any():
                break
            while (searching := moves & (high - low > 1)).any():
                middle = (low + high) // 2
                for day in np.unique(middle[searching]).tolist():
                    here = searching & (middle == day)
                    did = self._who(state, day)
                    high[here & did], low[here & ~did] = day, day
            for day in np.unique(high[moves]).tolist():
                here = moves & (high == day)
                state = self.step(state, day, here)
                at[here] = day
        return state

    def _who(self, state: Standings, day: int) -> Mask:
        """Who would move by that day."""
        _, moves = self._moved(state, day)
        return np.isin(self.sitting.accounts, [move.account for move in moves])

    def _moved(self, state: Standings, day: int) -> tuple[Standings, list[Move]]:
        if day not in self._frames:
            frame = self.sitting.frame(self.close(day_of(day)))
            self._frames[day] = (frame, self.which(frame))
        frame, which = self._frames[day]
        return moved(frame, self.pipelines, which, state)
