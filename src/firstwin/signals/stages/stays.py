"""Stays in stages, out of moves: who came when, how long they stayed and how it ended.

As columns: a large company has some hundred thousand moves, and every page of the funnel goes through all of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from firstwin.science.survival import CENSORED, COMPETING, EVENT
from firstwin.signals.evidence import number_of
from firstwin.signals.stages.pauses import Pauses
from firstwin.signals.stages.standing import Ints, Mask

STILL, ONWARD, BACK, LEFT = range(4)
"""How a stay ended: it has not; to a later stage; to an earlier one; off the pipeline (churned, or served without)."""

WAITS = np.array([CENSORED, EVENT, COMPETING, COMPETING])
"""The same for one who waits for an account to go on."""

OFF = ""
"""Stands for the stage of those who are on none."""


class Moves(NamedTuple):
    """Moves to stages, by account and then as they happened. stage: places in `names`. on: days since 1970-01-01."""

    account: Ints
    stage: Ints
    on: Ints
    names: Sequence[str]

    @classmethod
    def of(cls, told: Iterable[tuple[Sequence[int], Sequence[str], Sequence[str]]]) -> "Moves":
        """From columns of accounts, keys of stages and days (2026-01-31), piece by piece."""
        names, days = dict[str, int](), dict[str, int]()
        pieces: list[tuple[Ints, Ints, Ints]] = []
        for accounts, stages, ons in told:
            for stage in set(stages) - names.keys():
                names[stage] = len(names)
            for on in set(ons) - days.keys():
                days[on] = number_of(date.fromisoformat(on))
            pieces.append(
                (
                    np.array(accounts, np.int64),
                    np.fromiter(map(names.__getitem__, stages), np.int64, len(stages)),
                    np.fromiter(map(days.__getitem__, ons), np.int64, len(ons)),
                )
            )
        columns = [np.concatenate(column) for column in zip(*pieces, strict=True)] or [np.zeros(0, np.int64)] * 3
        return cls(columns[0], columns[1], columns[2], list(names))


@dataclass(frozen=True)
class Stays:
    """By account and then as they followed. stage: place among the stages asked for; -1 for one that is none of them.

    since, until: days since 1970-01-01, until today for those that stay.  days: paused ones left out.
    started: the day on which the account came onto the pipeline this time.
    """

    account: Ints
    stage: Ints
    since: Ints
    until: Ints
    end: Ints
    days: Ints
    started: Ints

    def __len__(self) -> int:
        return len(self.account)

    def taken(self, chosen: Ints | Mask) -> "Stays":
        """Some of them."""
        return Stays(
            self.account[chosen], self.stage[chosen], self.since[chosen], self.until[chosen], self.end[chosen],
            self.days[chosen], self.started[chosen],
        )  # fmt: skip


def stays(moves: Moves, order: Sequence[str], today: date, pauses: Pauses | None = None) -> Stays:
    """order: keys of the stages of a pipeline."""
    places = {key: place for place, key in enumerate(order)}
    ranks = np.array([places.get(name, -1) for name in moves.names], np.int64)
    is_off = np.array([name == OFF for name in moves.names], np.bool_)
    kept = _differs(moves.account) | _differs(moves.stage)
    account, named, on = moves.account[kept], moves.stage[kept], moves.on[kept]
    stage, off, first = ranks[named], is_off[named], _differs(account)
    still = np.append(first[1:], True)[: len(first)]
    after = np.append(np.arange(1, len(account)), 0)[: len(account)]
    end = np.where(off[after], LEFT, np.where(stage[after] > stage, ONWARD, BACK))
    # They came onto the pipeline with their first move, and with each that follows one off it.
    begins = np.maximum.accumulate(np.where(first | np.roll(off, 1), np.arange(len(account)), 0))
    until = np.where(still, number_of(today), on[after])
    found = Stays(
        account, stage, on, until, np.where(still, STILL, end), np.maximum(until - on, 0), on[begins]
    ).taken(~off)  # fmt: skip
    return _without_pauses(found, pauses or Pauses())


def _differs(column: Ints) -> Mask:
    """From the one before it; the first does."""
    found = np.ones(len(column), np.bool_)
    found[1:] = column[1:] != column[:-1]
    return found


def _without_pauses(found: Stays, pauses: Pauses) -> Stays:
    for place in np.flatnonzero(np.isin(found.account, list(pauses.spans))).tolist():  # they are few
        paused = pauses.days(int(found.account[place]), int(found.since[place]), int(found.until[place]))
        found.days[place] = max(0, int(found.days[place]) - paused)
    return found
