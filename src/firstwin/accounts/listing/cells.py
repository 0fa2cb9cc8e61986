"""The values of a row as the list shows them: typed for the template, which only writes them down."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from firstwin.accounts import quality
from firstwin.accounts.listing.looks import look_of
from firstwin.core.fields import Field, Kind
from firstwin.core.money import Money

SOON = 90
"""Days within which a date to come says how far off it is."""
NUMERIC = {Kind.NUMBER, Kind.MONEY, Kind.DAYS, Kind.SHARE}
QUALITY = "issues"


@dataclass(frozen=True)
class Cell:
    """look: which way it is drawn (see the template).  value: typed for that look; None where nothing is known.
    alarms: it asks for attention."""

    key: str
    label: str
    look: str
    value: Any
    unit: str = ""
    note: str = ""
    day: date | None = None
    alarms: bool = False

    @property
    def is_link(self) -> bool:
        return isinstance(self.value, str) and self.value.startswith(("https://", "http://")) and " " not in self.value


@dataclass(frozen=True)
class ListColumn:
    """A field as a column, with its choices read once for all rows."""

    field: Field

    @cached_property
    def labels(self) -> Mapping[Any, str]:
        return dict(self.field.options()) if self.field.kind in (Kind.CHOICE, Kind.TAGS) else {}

    @property
    def look(self) -> str:
        if self.field.key == QUALITY:
            return "quality"
        return "drawn" if look_of(self.field.key) is not None else str(self.field.kind.value)

    @property
    def is_number(self) -> bool:
        return self.field.kind in NUMERIC and self.field.key != QUALITY

    def paths(self) -> Sequence[str]:
        """The columns it needs."""
        shown = str(self.field.shown)
        if self.field.key == QUALITY:
            return (shown, "issues")
        look = look_of(self.field.key)
        if look is not None:
            return (shown, *look.columns)
        return ("attributes",) if shown.startswith("attributes__") else (shown,)

    def value(self, row: Mapping[str, Any]) -> Any:
        """The value as its kind has it: Money, number, date, text, bool, list of words. None when not known."""
        path = str(self.field.shown)
        is_attribute = path.startswith("attributes__")
        raw = (row["attributes"] or {}).get(path.removeprefix("attributes__")) if is_attribute else row[path]
        if raw is None or raw == "":
            return [] if self.field.kind is Kind.TAGS else None
        return self._typed(raw)

    def cell(self, row: Mapping[str, Any], today: date) -> Cell:
        field, value = self.field, self.value(row)
        if self.look == "quality":
            return Cell(field.key, field.label, "quality", value or 0, note=_findings(row["issues"]))
        look = look_of(field.key)
        if look is not None:
            drawn = look.draw(row, self.labels)
            return Cell(field.key, field.label, "drawn", drawn, note=drawn.note if drawn is not None else "")
        if field.kind is Kind.DAYS and value is not None:
            return Cell(field.key, field.label, "days", (today - value).days, day=value, alarms=field.alarms)
        note = _ahead(value, today) if field.kind is Kind.DATE and value is not None else ""
        unit = field.unit if field.kind is Kind.NUMBER else ""
        return Cell(field.key, field.label, self.look, value, unit, note, alarms=field.alarms and bool(value))

    def _typed(self, raw: Any) -> Any:
        match self.field.kind:
            case Kind.MONEY:
                return Money(round(raw), self.field.unit)
            case Kind.DATE | Kind.DAYS:
                return date.fromisoformat(raw) if isinstance(raw, str) else raw
            case Kind.NUMBER:
                return int(raw) if isinstance(raw, float) and math.isfinite(raw) and raw.is_integer() else raw
            case Kind.FLAG:
                return bool(raw)
            case Kind.CHOICE:
                return self.labels.get(raw, raw)
            case Kind.TAGS:
                words = raw if isinstance(raw, list) else [word for word in raw.split("|") if word]
                return [self.labels.get(word, word) for word in words]
        return raw


def _ahead(day: date, today: date) -> str:
    """`in 12 days` for what comes soon."""
    days = (day - today).days
    return _soon(days) if 0 <= days <= SOON else ""


def _soon(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _findings(issues: Sequence[Mapping[str, Any]]) -> str:
    return ". ".join(quality.sentence(issue) for issue in issues)
