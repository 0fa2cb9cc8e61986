"""Attribute values as people read and type them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from firstwin.accounts.models import Attribute, AttributeKind, AttributeValue
from firstwin.core.money import Money
from firstwin.ui import filters


def in_words(attribute: Attribute, value: AttributeValue | None) -> str:
    """A stored value as it is read: `$1.2M` in full, a day with its year, the label of a choice; '' for none."""
    if value is None:
        return ""
    if attribute.kind == AttributeKind.DATE:
        return filters.day(value.day, year="always") if value.day else ""
    if attribute.kind == AttributeKind.CHOICE:
        return label_of(attribute, value.text) if value.text is not None else ""
    if attribute.kind == AttributeKind.TEXT:
        return value.text or ""
    return number_in_words(attribute, value.number)


def number_in_words(attribute: Attribute, number: float | None) -> str:
    """A number, an amount (in minor units) or a flag as it is read."""
    if number is None:
        return ""
    if attribute.kind == AttributeKind.FLAG:
        return "Yes" if number else "No"
    if attribute.kind == AttributeKind.MONEY:
        return Money(round(number), attribute.unit).format()
    places = 0 if float(number).is_integer() else 2
    return f"{filters.number(number, places)}{' ' + attribute.unit if attribute.unit else ''}"


def shown_in_words(attribute: Attribute, shown: Any) -> str:
    """A value of the JSON copy in AccountNow (see `refresh_now.shown`) as it is read."""
    if shown is None:
        return ""
    if attribute.kind == AttributeKind.DATE:
        return filters.day(date.fromisoformat(shown), year="always")
    if attribute.kind == AttributeKind.CHOICE:
        return label_of(attribute, shown)
    if attribute.kind == AttributeKind.TEXT:
        return str(shown)
    return number_in_words(attribute, float(shown))


def as_typed(attribute: Attribute, value: AttributeValue | None) -> str:
    """A stored value as it would be typed into its field."""
    if value is None:
        return ""
    if attribute.kind == AttributeKind.DATE:
        return value.day.isoformat() if value.day else ""
    if attribute.kind in {AttributeKind.TEXT, AttributeKind.CHOICE}:
        return value.text or ""
    if value.number is None:
        return ""
    if attribute.kind == AttributeKind.FLAG:
        return "yes" if value.number else "no"
    if attribute.kind == AttributeKind.MONEY:
        return format(Money(round(value.number), attribute.unit).major, "f")
    return format(Decimal(str(value.number)).normalize(), "f")


def label_of(attribute: Attribute, value: str) -> str:
    """The label of a choice; the value itself when the choice is gone."""
    labels: Mapping[str, str] = {str(known): str(label) for known, label in attribute.choices}
    return labels.get(value, value)
