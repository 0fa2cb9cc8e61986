"""What the list rows say of accounts that were computed just now, from what the pass holds in memory.

The ledger would say the same of them, once it was written: reading all of it again takes as long as writing it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from firstwin.signals.ledger import standing
from firstwin.signals.ledger.columns import Open, Said, come_to
from firstwin.signals.ledger.standing import Kept
from firstwin.signals.ledger.told import is_compared, told_of
from firstwin.signals.refresh.compute import Made
from firstwin.signals.refresh.due import Due, Score
from firstwin.signals.scores import ENGINE
from firstwin.signals.scores.outcome import Outcome, read
from firstwin.signals.stages.standing import Standings

_UNREAD = 2**62
"""Stands for ids of readings that were written just now: later than any other."""


def shown_of(made: Made, due: Mapping[int, Due], accounts: Collection[int]) -> dict[int, dict[str, Any]]:
    """Account id → column of its list row → value, of what was made of these accounts. due: what is written of it."""
    return _Shown(made, due, accounts).columns()


@dataclass(frozen=True)
class _Shown:
    made: Made
    due: Mapping[int, Due]
    accounts: Collection[int]

    def columns(self) -> dict[int, dict[str, Any]]:
        """Account id → column → value, as the ledger tells it as of the moment at which they were computed."""
        ids = np.array(sorted(self.accounts), np.int64)
        found, results = self._said(set(ids.tolist()))
        places = np.searchsorted(self.made.accounts, ids)
        standings: Standings = self.made.standings.taken(places)
        return told_of(ids, found, self.made.at, standings, self.made.state.pauses, results)

    def _said(self, ids: set[int]) -> tuple[dict[int, Said], dict[int, Outcome]]:
        """What is said of each, with the results that sentences are made of."""
        found: dict[int, Said] = defaultdict(Said)
        results = self._counting(ids, found)
        state = self.made.state
        for stored in state.moves:
            if stored.account_id in ids:
                come_to(found[stored.account_id], stored)
        for move in self.made.moves:
            if move.account in ids:
                come_to(found[move.account], move)
        for pk in ids:
            found[pk].segments = self._segments(pk)
        self._open(ids, found)
        return found, results

    def _counting(self, ids: set[int], found: dict[int, Said]) -> dict[int, Outcome]:
        """The readings that count now, and those that counted a week before. Returns their results."""
        state, results = self.made.state, dict[int, Outcome]()
        kept: list[Kept] = []
        for card, some in state.readings.items():
            for pk in ids & some.keys():
                if not any(one.scorecard == card for one in self._added(pk)):
                    kept.append(some[pk].kept)
                    results[some[pk].kept.id] = some[pk].outcome
        for pk in ids:
            for one in self._added(pk):
                number = _UNREAD + len(results)
                kept.append(self._kept(number, pk, one))
                results[number] = one.told
        for pk, now in standing.primary(kept).items():
            found[pk].now, found[pk].before = now, state.counted.get(pk)
        before = [one.before.id for one in found.values() if one.before is not None and is_compared(one)]
        unread = [pk for pk in before if pk not in results]
        return results | {pk: read(result) for pk, (_, result) in standing.contents(unread).items()}

    def _added(self, pk: int) -> list[Score]:
        return self.due[pk].readings if pk in self.due else []

    def _kept(self, number: int, pk: int, one: Score) -> Kept:
        at, row = self.made.at, one.row
        return Kept(
            number, pk, one.scorecard, one.version, ENGINE, at.on, at.moment, one.is_primary, row.score, row.band,
            row.coverage,
        )  # fmt: skip

    def _segments(self, pk: int) -> list[str]:
        due, there = self.due.get(pk), set(self.made.state.stays.get(pk, ()))
        if due is not None:
            there = (there - {stay.segment for stay in due.left}) | set(due.entered)
        return sorted(there)

    def _open(self, ids: set[int], found: dict[int, Said]) -> None:
        """What is open and not put aside: what was found again says what it says now."""
        on, changes = self.made.at.on, self.made.changes
        again = {one.episode.pk: one.found for one in changes.kept}
        cleared = {one.pk for one in changes.cleared}
        for known in self.made.state.episodes:
            if known.cleared_on is not None or known.pk in cleared or known.account not in ids or known.is_aside(on):
                continue
            now = again.get(known.pk)
            if now is not None:
                found[known.account].open.append(Open(known.what, now.severity, now.stake_minor))
            elif known.said is not None:
                found[known.account].open.append(Open(known.what, known.said[0], known.said[2]))
        for opened in changes.opened:
            if opened.account in ids:
                found[opened.account].open.append(Open(opened.what, opened.severity, opened.stake_minor))
