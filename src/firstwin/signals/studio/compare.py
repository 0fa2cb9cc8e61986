"""Signals of some accounts twice: as definitions stand, and as they would with some changes. Facts are read once."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from firstwin.accounts.scope import AccountSet
from firstwin.core.frames import At
from firstwin.people.config.kinds import kind_of
from firstwin.people.config.labels import planning
from firstwin.people.config.store import Definition
from firstwin.people.config.together import Change, bodies_with
from firstwin.people.config.write import latest
from firstwin.signals.frame.frame import Frame, Ints
from firstwin.signals.frame.sitting import Sitting, sitting
from firstwin.signals.refresh.compute import Made, computed
from firstwin.signals.refresh.definitions import Definitions, definitions_at
from firstwin.signals.refresh.state import State, state_of
from firstwin.signals.risks.alarms import alarms_of
from firstwin.signals.scores.compute import Scores, scored


@dataclass(frozen=True)
class Side:
    """One of the two."""

    frame: Frame
    made: Made

    def scores(self, card: str) -> Scores | None:
        """Of every account, also where no experience uses the scorecard; None where there is no such card."""
        if card in self.made.scores and len(self.made.places[card]) == len(self.made.accounts):
            return self.made.scores[card]
        definition = self.made.definitions.scorecards.get(card)
        if definition is None:
            return None
        state = self.made.state
        return scored(self.frame, definition, remembered=state.remembered(card), judged=state.judged)

    def is_scored_by(self, card: str) -> Any:
        """Whose health the card makes, or which is shown beside it."""
        found = np.zeros(len(self.made.accounts), np.bool_)
        found[[place for place, cards in enumerate(self.made.cards) if card in cards]] = True
        return found


@dataclass(frozen=True)
class Compared:
    """before, after: over the same accounts, in the same order."""

    before: Side
    after: Side

    @property
    def accounts(self) -> Ints:
        return self.before.made.accounts

    @cached_property
    def places(self) -> dict[int, int]:
        """Account → its place."""
        return {int(pk): place for place, pk in enumerate(self.accounts.tolist())}


def sample(accounts: AccountSet, most: int | None) -> tuple[list[int], int]:
    """(ids, how many there are). Which ones are chosen by a digest of their ids: the same ones each time."""
    ids = list(accounts.accounts().rows.order_by().values_list("pk", flat=True))
    if most is None or len(ids) <= most:
        return ids, len(ids)
    return sorted(ids, key=lambda pk: zlib.crc32(str(pk).encode()))[:most], len(ids)


@contextmanager
def compared(changes: Sequence[Change], ids: Sequence[int], now: datetime) -> Iterator[Compared]:
    """Raises Refused for a change that cannot be read; whether the changes fit together is asked before."""
    standing = definitions_at()
    with sitting(list(ids), now=now) as facts:
        at = At.of(now)
        state = state_of(facts.accounts, at, standing)
        before = _side(facts, at, standing, state)
        with planning(bodies_with(*changes)):
            yield Compared(before, _side(facts, at, changed(standing, changes, now), state))


def changed(standing: Definitions, changes: Sequence[Change], now: datetime) -> Definitions:
    """The definitions with some of them changed. Within `planning`, so that they may speak of each other."""
    for change in changes:
        if change.body is None:
            standing = standing.without(change.kind, change.key)
            continue
        last = latest(change.kind, change.key)
        parsed = kind_of(change.kind).parse(change.key, change.body)
        number = last.number + 1 if last else 1
        standing = standing.with_one(Definition(change.kind, change.key, number, now, parsed))
    return standing


def _side(facts: Sitting, at: At, definitions: Definitions, state: State) -> Side:
    frame = facts.frame(at)
    alarms = alarms_of(facts.accounts, at, definitions.detectors)
    return Side(frame, computed(frame, definitions, state, alarms=alarms))
