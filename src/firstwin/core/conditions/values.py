"""What a condition's value means: plain data made into the type the field compares with, or refused in words."""

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from firstwin.core.conditions import tree as node
from firstwin.core.conditions.operators import LIST_OPS, PRESENCE, WINDOWS
from firstwin.core.conditions.tree import Change, Relative
from firstwin.core.errors import Refused
from firstwin.core.fields import Field, Kind
from firstwin.core.money import parse_amount
from firstwin.core.text import did_you_mean, fold, is_clean

LARGEST = 2**53 - 1  # what a browser, a JSON reader and a float all still count exactly
FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(2999, 12, 31)
ME = "me"


def typed(field: Field, op: str, value: Any, today: date, me: int | None = None) -> Any:
    """The value as the field compares it. `op` is canonical and belongs to the field's kind.

    NUMBER and MONEY: Decimal (money in major units) · SHARE: float · DAYS and windows: int · DATE: date ·
    TEXT: folded str · CHOICE: the known value · PERSON: id · FLAG: bool · TAGS and lists: tuple · between: (low, high)
    me: id of who asks, for "me". Raises Refused.
    """
    if op in PRESENCE:
        if value is not None:
            raise Refused(f"“{op.replace('_', ' ')}” takes no value.")
        return None
    if op == "changed":
        return _change(field, value)
    if op in WINDOWS:
        return _days(value, least=1)
    if op == "between":
        low, high = _pair(value)
        return _one(field, low, today, me), _one(field, high, today, me)
    if op in LIST_OPS:
        return tuple(_one(field, one, today, me) for one in _list(value))
    return _one(field, value, today, me)


def day_of_word(word: str, today: date) -> date:
    """The day that `today`, `start_of_month` … stand for. Weeks start on Monday."""
    match word:
        case "today":
            return today
        case "yesterday":
            return today - timedelta(days=1)
        case "tomorrow":
            return today + timedelta(days=1)
        case "start_of_week":
            return today - timedelta(days=today.weekday())
        case "start_of_month":
            return today.replace(day=1)
        case "start_of_quarter":
            return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        case "start_of_year":
            return today.replace(month=1, day=1)
    raise Refused(f"{word!r} is not a day. {did_you_mean(word, node.DAY_WORDS)}")


def _one(field: Field, value: Any, today: date, me: int | None) -> Any:
    if value is None:
        raise Refused(f"{field.label} needs a value to compare with. To ask for a missing one use not_set.")
    match field.kind:
        case Kind.NUMBER | Kind.MONEY:
            return _number(value)
        case Kind.SHARE:
            return _share(value)
        case Kind.DAYS:
            return _days(value)
        case Kind.DATE:
            return _day(value, today)
        case Kind.TEXT:
            return _text(value)
        case Kind.FLAG:
            return _flag(value)
        case Kind.PERSON:
            return _person(field, value, me)
        case Kind.CHOICE | Kind.TAGS:
            return _choice(field, value)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise Refused("Expected a number, not yes or no.")
    if isinstance(value, str):
        number = parse_amount(value)
    elif isinstance(value, int | Decimal):
        number = Decimal(value)
    elif isinstance(value, float) and math.isfinite(value):
        number = Decimal(repr(value))
    else:
        raise Refused("Expected a number such as 12 or 1.5.")
    if not number.is_finite() or number.adjusted() > 16 or abs(number) > LARGEST:
        raise Refused(f"Numbers run to ±{LARGEST}.")
    if len(number.as_tuple().digits) > 24 or (number and number.adjusted() < -12):
        raise Refused("Numbers have at most 12 decimals.")
    return number


def _share(value: Any) -> float:
    if isinstance(value, str) and value.strip().endswith("%"):
        share = float(_number(value.strip()[:-1]) / 100)
    else:
        share = float(_number(value))
    if abs(share) > 10:
        raise Refused("A share is written as 0.85 or 85%.")
    return share


def _days(value: Any, least: int = -node.MAX_DAYS) -> int:
    days = _number(value)
    if days != int(days) or not least <= days <= node.MAX_DAYS:
        raise Refused(f"Days are a whole number from {least} to {node.MAX_DAYS}.")
    return int(days)


def _day(value: Any, today: date) -> date:
    day = _any_day(value, today)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Refused(f"Dates run from {FIRST_DAY.year} to {LAST_DAY.year}.")
    return day


def _any_day(value: Any, today: date) -> date:
    if isinstance(value, Mapping):
        value = node.relative_from(value)
    if isinstance(value, Relative):
        return today + timedelta(days=-value.n if value.unit == "days_ago" else value.n)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        word = value.strip().lower().replace(" ", "_")
        if word in node.DAY_WORDS:
            return day_of_word(word, today)
        if len(word) == 10:  # the basic form (20240131) and weeks (2024-W05-3) are not what people write
            try:
                return date.fromisoformat(word)
            except ValueError:
                pass
    raise Refused("Expected a date such as 2024-01-31, a day such as today or start_of_month, or {days_ago: 30}.")


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused("Expected text.")
    text = str(value)
    if not is_clean(text) or len(text) > node.MAX_TEXT:
        raise Refused(f"Expected readable text of at most {node.MAX_TEXT} characters.")
    folded = fold(text)
    if not folded:
        raise Refused("Expected some text. To ask for missing text use not_set.")
    return folded


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else value
    if word in ("true", "yes", "1", 1):
        return True
    if word in ("false", "no", "0", 0):
        return False
    raise Refused("Expected yes or no.")


def _choice(field: Field, value: Any) -> Any:
    """The known choice that `value` names by its word or its label, whatever its case."""
    folded = _text(value)
    options = field.options()
    for known, _ in options:
        if known == value:
            return known
    for known, label in options:
        if folded in (fold(str(known)), fold(str(label))):
            return known
    if options or field.is_id:
        words = [label if field.is_id else str(known) for known, label in options]
        raise Refused(f"{field.label} has no {str(value)[:60]!r}. {did_you_mean(str(value), words)}")
    return folded if field.kind is Kind.TAGS else str(value).strip()


def _person(field: Field, value: Any, me: int | None) -> int:
    if isinstance(value, str) and fold(value) == ME:
        if me is None:
            raise Refused(f"Nobody is asking, so {field.label.lower()} cannot be “me”: name the person.")
        return me
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) < 16:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST:
        return value
    folded = _text(value)
    for known, label in field.options():
        if folded == fold(label):
            return int(known)
    raise Refused(f"{field.label}: there is no {str(value)[:60]!r}.")


def _change(field: Field, value: Any) -> Change:
    change = node.relative_from(value) if isinstance(value, Mapping) else value
    if not isinstance(change, Change):
        raise Refused("“changed” takes {within_days: n} and, for amounts, `by`.")
    if change.by is not None and field.kind in (Kind.CHOICE, Kind.PERSON, Kind.FLAG):
        raise Refused(f"{field.label} changes, but not by an amount: leave `by` out.")
    return change


def _pair(value: Any) -> tuple[Any, Any]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise Refused("“between” takes two values: the lowest and the highest that hold.")
    return value[0], value[1]


def _list(value: Any) -> tuple[Any, ...]:
    values = tuple(value) if isinstance(value, list | tuple) else (value,)
    if not 1 <= len(values) <= node.MAX_VALUES:
        raise Refused(f"Expected 1 to {node.MAX_VALUES} values.")
    return values
