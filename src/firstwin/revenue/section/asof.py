"""The day a reader asks about, and whose knowledge counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Model

from firstwin.core.clock import day_of, end_of
from firstwin.core.facts import FactQuerySet

M = TypeVar("M", bound=Model)
EARLIEST = date(1970, 1, 1)


@dataclass(frozen=True)
class AsOf:
    """`on` is the day asked about, never after today. as_known_then: only what was known by its end counts."""

    on: date
    now: datetime
    as_known_then: bool = False
    problem: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str], now: datetime) -> "AsOf":
        """From an address: `on=2026-03-01`, `known=then`. What makes no sense is today, and is said."""
        today = day_of(now)
        text = query.get("on", "").strip()
        if not text:
            return cls(today, now)
        try:
            on = date.fromisoformat(text)
        except ValueError:
            return cls(today, now, problem=f"{text[:20]!r} is not a day.")
        if on > today:
            return cls(today, now, problem="A day to come is not known yet; these are the figures of today.")
        return cls(max(on, EARLIEST), now, query.get("known") == "then" and on < today)

    @property
    def is_past(self) -> bool:
        return self.on < day_of(self.now)

    @property
    def moment(self) -> datetime:
        """The last moment of the day, or now."""
        return end_of(self.on) - timedelta(microseconds=1) if self.is_past else self.now

    def known(self, rows: "FactQuerySet[M]") -> "FactQuerySet[M]":
        """Of these facts, those that count."""
        return rows.known_by(self.moment) if self.as_known_then else rows.standing()

    def query(self, **more: str) -> str:
        """The end of an address that keeps the day: `?on=…`, '' for today."""
        pairs = {"on": self.on.isoformat()} if self.is_past else {}
        if self.as_known_then:
            pairs["known"] = "then"
        pairs |= {key: value for key, value in more.items() if value}
        return f"?{urlencode(pairs)}" if pairs else ""
