"""A finding as a sentence: “2 invoices overdue since 3 Nov, €4,200”."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from firstwin.core.fields import Collection, Field, Kind
from firstwin.core.money import Money
from firstwin.core.text import counted, listing, shorten
from firstwin.signals.evidence import day_of
from firstwin.signals.frame.frame import Frame, Rows
from firstwin.signals.kinds.detector import Detector
from firstwin.signals.risks.template import filled

LONGEST = 300


def sentence(
    detector: Detector,
    frame: Frame,
    place: int,
    chosen: Sequence[int] = (),
    more: Mapping[str, str] | None = None,
) -> str:
    """chosen: its rows of the detector's collection, by their place in `frame.rows`.  more: what an alarm says."""
    rows = frame.rows(detector.collection) if detector.collection else None

    def say(name: str, way: str) -> str | None:
        if more and name in more:
            return more[name]
        if rows is not None and name in ("rows", "n"):
            return _count(frame.vocabulary.collection(detector.collection), len(chosen), name)
        if name.startswith("row."):
            return _of_row(frame, rows, detector.collection, name.removeprefix("row."), chosen, way)
        return said(frame.vocabulary.field(name), frame.value(name, place), frame.at.on, way)

    text = filled(detector.words, say) if detector.words else _plain(detector, say, frame, bool(chosen))
    return shorten(text[:1].upper() + text[1:], LONGEST)


def row_words(frame: Frame, collection: str, row: int) -> str:
    """One row of a collection: its known values, in the order of its fields."""
    described, rows = frame.vocabulary.collection(collection), frame.rows(collection)
    parts = []
    for one in described.fields:
        value = _value(rows, one.key, row)
        told = said(one, value, frame.at.on, "")
        if told is not None:
            parts.append(f"{one.label.lower()} {told}")
    return shorten(", ".join(parts), LONGEST) or (described.one or described.label)


def said(field: Field, value: Any, today: date, way: str = "") -> str | None:
    """One value in words; None where it is missing."""
    if value is None:
        return None
    match field.kind:
        case Kind.MONEY:
            return Money(int(value), field.unit).format(decimals=abs(int(value)) < 100_000)
        case Kind.DATE | Kind.DAYS:
            return _day(field, day_of(int(value)), today, way)
        case Kind.SHARE:
            return f"{value * 100:.0f} %"
        case Kind.NUMBER:
            return _number(field, value)
        case Kind.FLAG:
            return "yes" if value else "no"
        case Kind.TAGS:
            return listing(field.option_label(word) for word in sorted(map(str, value))) if value else None
        case Kind.CHOICE | Kind.PERSON:
            return field.option_label(value)
    return str(value)


def date_words(day: date, today: date) -> str:
    """3 Nov, with the year where it is not this one."""
    return f"{day.day} {day:%b}" + (f" {day.year}" if day.year != today.year else "")


def _day(field: Field, day: date, today: date, way: str) -> str:
    if way == "days" or (way != "since" and field.kind is Kind.DAYS):
        return counted(abs((today - day).days), "day")
    return date_words(day, today)


def _number(field: Field, value: Any) -> str:
    number = f"{value:,.{field.decimals}f}".rstrip("0").rstrip(".") if field.decimals else f"{int(value):,}"
    return number.replace("-", "−")


def _count(collection: Collection, n: int, name: str) -> str:
    one = collection.one or collection.label.lower().removesuffix("s")
    return counted(n, one, collection.label.lower()) if name == "rows" else f"{n:,}"


def _of_row(frame: Frame, rows: Rows | None, collection: str, key: str, chosen: Sequence[int], way: str) -> str | None:
    """The value of the one row, or the distinct values of the first few."""
    if rows is None or not chosen:
        return None
    field = next(one for one in frame.vocabulary.collection(collection).fields if one.key == key)
    told = [said(field, _value(rows, key, row), frame.at.on, way) for row in chosen[:3]]
    known = list(dict.fromkeys(word for word in told if word is not None))
    return listing(known) if known else None


def _value(rows: Rows, key: str, row: int) -> Any:
    column = rows.columns[key]
    if not column.known[row]:
        return None
    found = column.values[row]
    return found.item() if hasattr(found, "item") else found


def _plain(detector: Detector, say: Any, frame: Frame, has_rows: bool) -> str:
    """Without a template: the label, and what is known of its fields."""
    parts = [say("rows", "")] if has_rows else []
    for key in detector.fields:
        told = say(key, "")
        if told is not None:
            field = frame.vocabulary.field(key)
            unit = f" {field.unit}" if field.unit and field.kind is Kind.NUMBER else ""
            parts.append(f"{field.label.lower() if not field.label[1:2].isupper() else field.label} {told}{unit}")
    return f"{detector.label}: {', '.join(parts)}" if parts else detector.label
