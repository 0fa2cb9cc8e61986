"""The health of sources: whether each still speaks as often as it used to, and how much of it can be used. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

from firstwin.core.text import counted

LOOKED_BACK = 12
"""Imports of a source and kind that its rhythm and its trend are made of."""

MANY = 0.01
"""A share of rejected rows that is worth a person's time."""

_DAY = timedelta(days=1)
_NAMED = ((1, "daily"), (7, "weekly"), (14, "every two weeks"), (30, "monthly"), (91, "quarterly"), (365, "yearly"))


@dataclass(frozen=True)
class Told:
    """What one import of a source said about one kind of record."""

    source: str
    kind: str
    run: int
    at: datetime
    rows: int
    rejected: int
    state: str = "finished"

    @property
    def share(self) -> float:
        return self.rejected / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class Health:
    """The health of one source for one kind of record.

    shares: of rejected rows, oldest first.  every: None while it came too seldom to tell.  conflicts: accounts where
    it disagrees with another source.  state: late, rejecting, disagreeing, fresh, or new (no rhythm yet).
    """

    source: str
    kind: str
    run: int
    last_at: datetime
    rows: int
    rejected: int
    shares: tuple[float, ...]
    every: timedelta | None
    conflicts: int
    state: str
    advice: str

    @property
    def share(self) -> float:
        return self.rejected / self.rows if self.rows else 0.0

    @property
    def usually(self) -> str:
        return in_words(self.every)

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "kind": self.kind,
            "run": self.run,
            "last_at": self.last_at.isoformat(),
            "rows": self.rows,
            "rejected": self.rejected,
            "rejected_share": round(self.share, 4),
            "trend": [round(share, 4) for share in self.shares],
            "usually_days": round(self.every / _DAY, 1) if self.every else None,
            "conflicts": self.conflicts,
            "state": self.state,
            "advice": self.advice,
        }


def healths(told: Iterable[Told], conflicts: Mapping[str, int], *, now: datetime) -> list[Health]:
    """One for each source and kind, the one that needs a person most first.

    conflicts: by source; they are about attributes, so they stand with what the source says about accounts.
    """
    by_source: dict[tuple[str, str], list[Told]] = {}
    for one in told:
        by_source.setdefault((one.source, one.kind), []).append(one)
    found = []
    for (source, kind), runs in by_source.items():
        runs.sort(key=lambda one: (one.at, one.run))
        found.append(_health(runs[-LOOKED_BACK:], conflicts.get(source, 0) if kind == "accounts" else 0, now))
    order = ("late", "rejecting", "disagreeing", "new", "fresh")
    return sorted(found, key=lambda one: (order.index(one.state), one.source, one.kind))


def rhythm(moments: Iterable[datetime]) -> timedelta | None:
    """The median gap between the days on which a source spoke; None when it spoke on fewer than three.

    Days, because a file that is mended and imported again the same afternoon is one delivery.
    """
    days = sorted({moment.date() for moment in moments})[-LOOKED_BACK:]
    return timedelta(days=median((b - a).days for a, b in pairwise(days))) if len(days) > 2 else None


def in_words(every: timedelta | None) -> str:
    """daily, weekly, monthly … or every 5 days; '' when it is not known."""
    if every is None:
        return ""
    days = max(every / _DAY, 1)
    for named, word in _NAMED:
        if abs(days - named) <= named * 0.15:
            return word
    return f"every {counted(round(days), 'day')}"


def _health(runs: Sequence[Told], conflicts: int, now: datetime) -> Health:
    last, every = runs[-1], rhythm(one.at for one in runs)
    state, advice = _advice(last, runs[:-1], every, conflicts, now)
    shares = tuple(one.share for one in runs)
    return Health(
        last.source, last.kind, last.run, last.at, last.rows, last.rejected, shares, every, conflicts, state, advice
    )


def _advice(
    last: Told, before: Sequence[Told], every: timedelta | None, conflicts: int, now: datetime
) -> tuple[str, str]:
    silent = counted((now - last.at).days, "day")
    if every is not None and now - last.at > 2 * every:
        return "late", f"Nothing for {silent}, usually {in_words(every)}. Import its newest file, or ask who sends it."
    if last.rejected and last.share >= MANY:
        usual = median(one.share for one in before) if before else 0.0
        more = ", more than usual" if before and last.share > 2 * usual else ""
        rows = counted(last.rejected, "row")
        return "rejecting", f"{rows} rejected last time{more}. Mend the rejected rows and import them again."
    if conflicts:
        return "disagreeing", "It disagrees with another source. Choose which value counts."
    if last.rejected:
        return "fresh", f"{counted(last.rejected, 'row')} rejected last time. Mend and import again when there is time."
    if every is None:
        return "new", "Too few imports yet to know how often it comes."
    return "fresh", "Nothing to do."
