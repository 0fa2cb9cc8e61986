"""The chain of transforms of one column, made once per file and called once per cell."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from firstwin.connectors.mapping.read import zone_called
from firstwin.connectors.mapping.times import read_day, read_moment
from firstwin.core.errors import Refused
from firstwin.core.money import parse_amount
from firstwin.core.text import fold, listing

if TYPE_CHECKING:  # its library takes long to load
    from firstwin.connectors.mapping.schema import Booleans, LookUp, Moments, Numbers, Split, Step

Value = Any
Transform = Callable[[Value], Value]


def chain(steps: Sequence["Step"], zone: ZoneInfo) -> Transform:
    """One function that does `steps` in order. A blank (None) stays blank, whatever the steps."""
    transforms = [_transform(step, zone) for step in steps]

    def run(value: Value) -> Value:
        for transform in transforms:
            if value is None or value == "":
                return None
            if isinstance(value, list):
                value = [new for new in (transform(item) for item in value) if new is not None and new != ""]
            else:
                value = transform(value)
        return None if value == "" else value

    return run


def number(value: Value) -> Decimal:
    """A finite decimal, exactly as written. Raises Refused."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, bool | date | datetime):
        raise Refused(f"{value} is not a number.")
    try:
        return parse_amount(str(value))
    except Refused:
        raise Refused(f"{str(value)[:40]!r} is not a number such as 1234.5 or 1,234.5.") from None


def _transform(step: "Step", zone: ZoneInfo) -> Transform:
    setting = step.setting
    match step.name:
        case "date":
            return lambda value: read_day(_text(value), setting)
        case "moment":
            return _moments(setting, zone)
        case "number":
            return _numbers(setting)
        case "boolean":
            return _booleans(setting)
        case "multiply":
            return lambda value: number(value) * setting
        case "round":
            return lambda value: number(value).quantize(Decimal(1).scaleb(-setting), ROUND_HALF_EVEN)
        case "add_days":
            return lambda value: _later(value, setting)
        case "look_up":
            return _look_up(setting)
        case "split":
            return _split(setting)
        case "replace":
            return lambda value: _text(value).replace(setting.text, setting.by)
        case "blank_if":
            words = {fold(word) for word in setting}
            return lambda value: None if fold(_text(value)) in words else value
    return {
        "trim": lambda value: _text(value).strip(),
        "lower": lambda value: _text(value).lower(),
        "upper": lambda value: _text(value).upper(),
        "title": lambda value: _text(value).title(),
    }[step.name]


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def _moments(setting: "Moments", zone: ZoneInfo) -> Transform:
    own = zone_called(setting.zone) if setting.zone else zone
    return lambda value: read_moment(_text(value), setting.format, own, setting.when_twice)


def _numbers(setting: "Numbers") -> Transform:
    decimal, thousands = setting.decimal, setting.thousands
    if decimal == "," and not thousands:
        thousands = "."
    groups = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|\d+" if thousands else r"\d+"
    shape = re.compile(rf"[+-]?(?:{groups})?(?:{re.escape(decimal)}\d+)?(?:[eE][+-]?\d{{1,3}})?")

    def read(value: Value) -> Decimal:
        text = _text(value).strip().replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
        plain = text.replace(thousands, "").replace(decimal, ".") if thousands else text.replace(decimal, ".")
        if not shape.fullmatch(text) or len(text) > 60:
            raise Refused(f"{text[:40]!r} is not a number written like 1{thousands}234{decimal}5.")
        try:
            return Decimal(plain)
        except InvalidOperation:
            raise Refused(f"{text[:40]!r} is not a number.") from None

    return read


def _booleans(setting: "Booleans") -> Transform:
    words = {fold(word): True for word in setting.true} | {fold(word): False for word in setting.false}

    def read(value: Value) -> bool:
        try:
            return words[fold(_text(value))]
        except KeyError:
            known = listing([*setting.true, *setting.false], "or")
            raise Refused(f"{_text(value)[:40]!r} is not {known}.") from None

    return read


def _later(value: Value, days: int) -> Value:
    if not isinstance(value, date):
        raise Refused("add_days needs a day or a moment before it: do a date or moment step first.")
    return value + timedelta(days=days)


def _look_up(setting: "LookUp") -> Transform:
    same = fold if setting.ignore_case else str.strip
    table = {same(word): meaning for word, meaning in setting.values.items()}

    def find(value: Value) -> Value:
        word = same(_text(value))
        if word in table:
            return table[word]
        if setting.default is not None:
            return setting.default
        if setting.otherwise == "reject":
            raise Refused(f"{_text(value)[:60]!r} is not in the look-up table.")
        return value if setting.otherwise == "keep" else None

    return find


def _split(setting: "Split") -> Transform:
    def cut(value: Value) -> Value:
        parts = [part.strip() for part in _text(value).split(setting.on)]
        if setting.part is None:
            return [part for part in parts if part]
        index = setting.part - 1 if setting.part > 0 else setting.part
        return parts[index] or None if -len(parts) <= index < len(parts) else None

    return cut
