"""Frames made of plain values, for tests of what is computed from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from firstwin.core.fields import Collection, Field, Kind, Vocabulary
from firstwin.core.frames import At, Column
from firstwin.people.config.store import Definition
from firstwin.signals.frame.frame import Frame, Ints, Rows
from firstwin.signals.kinds.scorecard_text import parsed
from firstwin.support.models import Ticket

DAY = date(2026, 3, 2)

FIELDS = (
    Field("weekly_share", Kind.SHARE, "Weekly active use", "usage"),
    Field("events_28", Kind.NUMBER, "Events", "usage"),
    Field("usage_trend", Kind.NUMBER, "Usage trend", "usage", decimals=1),
    Field("last_two_way", Kind.DAYS, "Last two-way contact", "accounts"),
    Field("overdue", Kind.MONEY, "Overdue", "revenue", unit="EUR"),
    Field("pulse", Kind.CHOICE, "Pulse", "signals", frame="pulse.mood",
          choices=(("good", "Good"), ("watch", "Unsure"), ("risk", "Worried"))),
    Field("auto_renews", Kind.FLAG, "Renews by itself", "revenue"),
    Field("commercial_status", Kind.CHOICE, "Commercial status", "revenue"),
)  # fmt: skip
TICKETS = Collection(
    "tickets", "Tickets", "support", (Field("late", Kind.FLAG, "Late", "support"),), model=Ticket.objects.none,
    dated="opened_at",
)  # fmt: skip
VOCABULARY = Vocabulary({one.key: one for one in FIELDS}, {"tickets": TICKETS})

Values = Mapping[str, Sequence[Any]]


def at(day: date = DAY) -> At:
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return At(day, moment, moment)


def days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


@dataclass
class Plain:
    """A source of plain values: field → one per account, None for missing; days as dates."""

    values: Values
    vocabulary: Vocabulary = VOCABULARY
    tickets: Sequence[tuple[int, date, bool]] = ()
    earlier: Values = field(default_factory=dict)
    n: int = 0
    on: date = DAY

    def column(self, key: str, moment: At) -> Column:
        known = self.values if moment.on == self.on else self.earlier
        return column(self.vocabulary.field(key), known.get(key, [None] * self.n))

    def rows(self, collection: str, moment: At, places: Ints | None = None) -> Rows:
        rows = sorted(self.tickets)
        late = Column(np.array([one[2] for one in rows], bool), np.ones(len(rows), bool))
        dated = Column(np.array([days(one[1]) for one in rows], np.int64), np.ones(len(rows), bool))
        owner = np.array([one[0] for one in rows], np.int64)
        return Rows(owner, np.arange(len(rows)), {"late": late}, dated)


def column(of: Field, values: Sequence[Any]) -> Column:
    known = np.array([value is not None for value in values], bool)
    if of.kind in (Kind.CHOICE, Kind.TEXT, Kind.TAGS):
        found = np.full(len(values), "", object)
        found[:] = [frozenset(v or ()) if of.kind is Kind.TAGS else v or "" for v in values]
        return Column(found, known)
    if of.kind in (Kind.DATE, Kind.DAYS):
        return Column(np.array([0 if v is None else days(v) for v in values], np.int64), known)
    is_float = of.kind is Kind.SHARE or (of.kind is Kind.NUMBER and of.decimals)
    dtype = bool if of.kind is Kind.FLAG else np.float64 if is_float else np.int64
    return Column(np.array([v or 0 for v in values], dtype), known)


def frame(values: Values, *, on: date = DAY, vocabulary: Vocabulary = VOCABULARY, **more: Any) -> Frame:
    """One account per value, ids 1, 2, …"""
    n = len(next(iter(values.values())))
    source = Plain(values, vocabulary, n=n, on=on, **more)
    return Frame(np.arange(1, n + 1), at(on), vocabulary, source)


def card(body: Mapping[str, Any], *, number: int = 1, vocabulary: Vocabulary = VOCABULARY) -> Definition:
    return Definition("scorecard", "health", number, at().moment, parsed("health", body, vocabulary))


def ago(n: int, on: date = DAY) -> date:
    return on - timedelta(days=n)
