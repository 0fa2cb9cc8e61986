"""Typed attributes: how a value is read and checked, and what is known now."""

import math
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from firstwin.accounts.models import Attribute, AttributeKind, AttributeValue
from firstwin.accounts.timeline import batched
from firstwin.core.errors import FirstwinError, Refused
from firstwin.core.money import Money
from firstwin.core.text import fold, is_clean

Columns = tuple[float | None, str | None, date | None]
NOTHING: Columns = (None, None, None)

YES = {"yes", "y", "true", "t", "1", "on"}
NO = {"no", "n", "false", "f", "0", "off"}
_SAFE_INTEGER = 2**53


def as_columns(attribute: Attribute, value: Any, *, is_minor: bool = False) -> Columns:
    """`value` as (number, text, day). None and blank text mean "no value".

    Money is given in major units unless `is_minor`. Raises Refused at the attribute's key.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return NOTHING
    match attribute.kind:
        case AttributeKind.DATE:
            return (None, None, _day(attribute, value))
        case AttributeKind.FLAG:
            return (_flag(attribute, value), None, None)
        case AttributeKind.CHOICE:
            return (None, _choice(attribute, value), None)
        case AttributeKind.TEXT:
            return (None, _text(attribute, value), None)
        case AttributeKind.MONEY:
            return (float(value) if is_minor else _money(attribute, value), None, None)
    return (_number(attribute, value), None, None)


def current_columns(
    account_ids: Collection[int], attribute_ids: Collection[int], *, now: datetime
) -> dict[tuple[int, int], Columns]:
    """(account, attribute) → what is so now, of all sources the latest."""
    best: dict[tuple[int, int], tuple[tuple[datetime, bool, int], Columns]] = {}
    for some in batched(sorted(account_ids), 5_000):
        rows = AttributeValue.objects.standing().true_at(now).filter(account__in=some, attribute__in=attribute_ids)
        for row in rows.iterator(chunk_size=5_000):
            rank = (row.stated_at, row.source == "staff", row.pk)
            slot = (row.account_id, row.attribute_id)
            if slot not in best or best[slot][0] < rank:
                best[slot] = (rank, (row.number, row.text, row.day))
    return {slot: columns for slot, (_, columns) in best.items()}


def _refuse(attribute: Attribute, says: str) -> Refused:
    return Refused(f"{attribute.label}: {says}", field=attribute.key)


def _day(attribute: Attribute, value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise _refuse(attribute, f"{str(value)[:40]!r} is not a date such as 2026-11-21.") from None


def _flag(attribute: Attribute, value: Any) -> float:
    if isinstance(value, bool):
        return float(value)
    word = fold(str(value))
    if word in YES:
        return 1.0
    if word in NO:
        return 0.0
    raise _refuse(attribute, f"{str(value)[:40]!r} is neither yes nor no.")


def _choice(attribute: Attribute, value: Any) -> str:
    said = fold(str(value))
    for known, label in attribute.choices:
        if said in {fold(str(known)), fold(str(label))}:
            return str(known)
    words = ", ".join(str(label) for _, label in attribute.choices[:12])
    raise _refuse(attribute, f"{str(value)[:40]!r} is not one of {words}.")


def _text(attribute: Attribute, value: Any) -> str:
    text = str(value).strip()
    if len(text) > 10_000:
        raise _refuse(attribute, f"text has at most 10,000 characters; this has {len(text):,}.")
    if not is_clean(text):
        raise _refuse(attribute, "the text holds characters that cannot be stored.")
    return text


def _number(attribute: Attribute, value: Any) -> float:
    try:
        number = float(value) if not isinstance(value, str) else float(value.strip().replace(",", ""))
    except (ValueError, TypeError, OverflowError):
        raise _refuse(attribute, f"{str(value)[:40]!r} is not a number.") from None
    if not math.isfinite(number) or abs(number) > _SAFE_INTEGER:
        raise _refuse(attribute, f"{str(value)[:40]!r} is out of range (at most 2^53 either way).")
    return number


def _money(attribute: Attribute, value: Any) -> float:
    try:
        money = value if isinstance(value, Money) else Money.parse(str(value), attribute.unit)
    except FirstwinError as problem:
        raise _refuse(attribute, problem.message) from None
    if money.currency != attribute.unit:
        raise _refuse(attribute, f"is kept in {attribute.unit}, not {money.currency}.")
    if abs(money.minor) > _SAFE_INTEGER:
        raise _refuse(attribute, "the amount is out of range.")
    return float(money.minor)
