"""Pauses of stages: on which days the clock of an account stood still."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from firstwin.accounts.bulk import among
from firstwin.core import clock
from firstwin.core.frames import At
from firstwin.signals.evidence import number_of
from firstwin.signals.models import StagePause
from firstwin.signals.stages.standing import Ints, Mask

OPEN = 2**31
"""Stands for the end of a pause that has none."""


@dataclass(frozen=True)
class Pauses:
    """account id → its pauses as (first day, first day after; OPEN where it goes on), in days since 1970-01-01."""

    spans: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[tuple[int, date, date | None]]) -> "Pauses":
        """From (account id, first day, first day after). Overlapping ones count once."""
        found: dict[int, list[tuple[int, int]]] = {}
        for account, first, after in sorted(rows, key=lambda row: (row[0], row[1])):
            begin, end = number_of(first), OPEN if after is None else number_of(after)
            mine = found.setdefault(account, [])
            if mine and begin <= mine[-1][1]:
                mine[-1] = (mine[-1][0], max(mine[-1][1], end))
            else:
                mine.append((begin, end))
        return cls({account: tuple(spans) for account, spans in found.items()})

    def days(self, account: int, since: int, until: int) -> int:
        """How many of the days in [since, until) were paused."""
        return sum(max(0, min(end, until) - max(begin, since)) for begin, end in self.spans.get(account, ()))

    def is_open(self, account: int, day: int) -> bool:
        return any(begin <= day < end for begin, end in self.spans.get(account, ()))

    def over(self, accounts: Ints, since: Ints, until: int) -> Ints:
        """`days` of each account."""
        found = np.zeros(len(accounts), np.int64)
        for place in self._places(accounts):
            found[place] = self.days(int(accounts[place]), int(since[place]), until)
        return found

    def open_on(self, accounts: Ints, day: int) -> Mask:
        found = np.zeros(len(accounts), np.bool_)
        for place in self._places(accounts):
            found[place] = self.is_open(int(accounts[place]), day)
        return found

    def _places(self, accounts: Ints) -> list[int]:
        """Of the accounts that were ever paused: they are few."""
        return list(map(int, np.flatnonzero(np.isin(accounts, list(self.spans)))))


def pauses(account_ids: Collection[int] | None, at: At) -> Pauses:
    """Of these accounts (all when None): what was known by then of pauses that had begun by then."""
    rows = StagePause.objects.known_by(at.known_by).filter(valid_from__lte=at.moment)
    if account_ids is not None:
        rows = among(rows, "account_id", account_ids)
    return Pauses.of(
        (account, clock.day_of(first), clock.day_of(after) if after is not None and after <= at.moment else None)
        for account, first, after in rows.values_list("account_id", "valid_from", "valid_to")
    )
