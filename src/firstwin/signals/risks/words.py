"""A finding as a sentence: “2 invoices overdue since 3 Nov, €4,200”."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from firstwin.core.fields import Collection, Field, Kind
from firstwin.core.frames import Column
from firstwin.core.money import Money
from firstwin.core.text import counted, listing, shorten
from firstwin.signals.evidence import day_of
from firstwin.signals.frame.frame import Frame, Rows
from firstwin.signals.kinds.detector import Detector
from firstwin.signals.risks.template import filled
from firstwin.ui.filters import share

LONGEST = 300

Named = tuple[Field, Column, dict[Any, str | None]]
"""A field, its column, and what was said of its values so far."""


class Teller:
    """Says the findings of one detector over one frame. What all of them share is looked up once."""

    def __init__(self, detector: Detector, frame: Frame, rows: Rows | None = None) -> None:
        self.detector, self.frame, self.today = detector, frame, frame.at.on
        self.collection: Collection | None = None
        self.rows: Rows | None = None
        self._labels: dict[int, dict[Any, str]] = {}
        self._named: dict[tuple[str, str], Named] = {}
        self._rows_said: dict[int, str] = {}
        self._of_rows: dict[str, Field] = {}
        self._told_anyway: set[str] = set()
        if detector.collection:
            self.collection = frame.vocabulary.collection(detector.collection)
            self.rows = rows if rows is not None else frame.rows(detector.collection)
            self._of_rows = {one.key: one for one in self.collection.fields}
            dates = {one.stored for one in self.collection.fields if one.kind is Kind.DATE}
            # What is kept would otherwise read differently each night, and say no more.
            self._told_anyway = {
                one.key for one in self.collection.fields if one.kind is Kind.DAYS and one.stored in dates
            }

    def sentence(self, place: int, chosen: Sequence[int] = (), more: Mapping[str, str] | None = None) -> str:
        """chosen: the rows that are evidence, by their place among the rows.  more: what an alarm says."""

        def say(name: str, way: str) -> str | None:
            if more and name in more:
                return more[name]
            if self.collection is not None and name in ("rows", "n"):
                return _count(self.collection, len(chosen), name)
            if name.startswith("row."):
                return self._of_row(name, chosen, way)
            return self._value(name, way, place)

        text = filled(self.detector.words, say) if self.detector.words else self._plain(say, bool(chosen))
        return shorten(text[:1].upper() + text[1:], LONGEST)

    def row_words(self, row: int, *, with_days: bool = False) -> str:
        """One row: its known values, in the order of its fields. with_days: also the days since a date it tells."""
        if row not in self._rows_said:
            assert self.rows is not None and self.collection is not None
            parts = []
            for key, field in self._of_rows.items():
                is_told = key in self.rows.columns and (with_days or key not in self._told_anyway)
                told = self._value(f"row.{key}", "" if with_days else "since", row) if is_told else None
                if told is not None:
                    parts.append(f"{field.label.lower()} {told}")
            self._rows_said[row] = shorten(", ".join(parts), LONGEST) or self.collection.one or self.collection.label
        return self._rows_said[row]

    def said(self, field: Field, value: Any, way: str = "") -> str | None:
        """One value in words; None where it is missing."""
        if value is None:
            return None
        match field.kind:
            case Kind.MONEY:
                return Money(int(value), field.unit).format(decimals=abs(int(value)) < 100_000)
            case Kind.DATE | Kind.DAYS:
                return _day(field, day_of(int(value)), self.today, way)
            case Kind.SHARE:
                return share(value)
            case Kind.NUMBER:
                return _number(field, value)
            case Kind.FLAG:
                return "yes" if value else "no"
            case Kind.TAGS:
                return listing(self._label(field, word) for word in sorted(map(str, value))) if value else None
            case Kind.CHOICE | Kind.PERSON:
                return self._label(field, value)
        return str(value)

    def _value(self, name: str, way: str, place: int) -> str | None:
        """A value of an account, or of a row (`row.due`), in words. Equal values are said once."""
        named = self._named.get((name, way))
        if named is None:
            named = self._named[name, way] = self._look_up(name)
        field, column, said = named
        if not column.known[place]:
            return None
        value = column.values[place]
        if value not in said:
            said[value] = self.said(field, value.item() if hasattr(value, "item") else value, way)
        return said[value]

    def _look_up(self, name: str) -> "Named":
        if name.startswith("row.") and self.rows is not None:
            key = name.removeprefix("row.")
            return self._of_rows[key], self.rows.columns[key], {}
        return self.frame.vocabulary.field(name), self.frame.column(name), {}

    def _label(self, field: Field, value: Any) -> str:
        """What is offered is asked for once: it may stand in the database."""
        labels = self._labels.get(id(field))
        if labels is None:
            labels = self._labels[id(field)] = dict(field.options())
        return labels.get(value, str(value))

    def _of_row(self, name: str, chosen: Sequence[int], way: str) -> str | None:
        """The value of the one row, or the distinct values of the first few."""
        if self.rows is None:
            return None
        told = [self._value(name, way, row) for row in chosen[:3]]
        known = list(dict.fromkeys(word for word in told if word is not None))
        return listing(known) if known else None

    def _plain(self, say: Any, has_rows: bool) -> str:
        """Without a template: the label, and what is known of its fields."""
        parts = [say("rows", "")] if has_rows else []
        for key in self.detector.fields:
            told = say(key, "")
            if told is not None:
                field = self.frame.vocabulary.field(key)
                unit = f" {field.unit}" if field.unit and field.kind is Kind.NUMBER else ""
                label = field.label if field.label[1:2].isupper() else field.label.lower()
                parts.append(f"{label} {told}{unit}")
        return f"{self.detector.label}: {', '.join(parts)}" if parts else self.detector.label


def date_words(day: date, today: date) -> str:
    """3 Nov, with the year where it is not this one."""
    return f"{day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")


def _day(field: Field, day: date, today: date, way: str) -> str | None:
    if way == "ahead":
        return date_words(day, today) if day >= today else None
    if way == "days" or (way != "since" and field.kind is Kind.DAYS):
        return counted(abs((today - day).days), "day")
    return date_words(day, today)


def _number(field: Field, value: Any) -> str:
    number = f"{value:,.{field.decimals}f}".rstrip("0").rstrip(".") if field.decimals else f"{int(value):,}"
    return number.replace("-", "−")


def _count(collection: Collection, n: int, name: str) -> str:
    one = collection.one or collection.label.lower().removesuffix("s")
    return counted(n, one, collection.label.lower()) if name == "rows" else f"{n:,}"
