"""The evidence of a finding as people read it: labels, units, dates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings

from firstwin.core.fields import Field, Kind
from firstwin.core.money import Money
from firstwin.ui import filters

Shown = list[tuple[str, str]]


def asked_once(fields: Mapping[str, Field]) -> dict[str, Field]:
    """The same fields, which read their choices once, however many findings are shown by them."""
    return {
        key: replace(field, choices=cache(field.options)) if callable(field.choices) else field
        for key, field in fields.items()
    }


def evidence_shown(evidence: Mapping[str, Any], fields: Mapping[str, Field]) -> tuple[Shown, list[str], int]:
    """(label and value of each field, the rows it was found from in words, how many more rows there are)."""
    told: Shown = []
    for key, value in evidence.items():
        if key in ("rows", "n") or value is None or value == "":
            continue
        field = fields.get(key)
        told.append((field.label if field is not None else key, value_shown(value, field)))
    rows = [str(row.get("words", "")) for row in _rows(evidence) if row.get("words")]
    n = evidence.get("n")
    return told, rows, max(0, (n if isinstance(n, int) else 0) - len(rows)) if rows else 0


def value_shown(value: Any, field: Field | None) -> str:
    """A value as `evidence.plain` keeps it, in the words of its field."""
    if value is None:
        return filters.NOTHING
    if isinstance(value, list):
        return ", ".join(_option(one, field) for one in value) or filters.NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    kind = field.kind if field is not None else None
    if kind is Kind.MONEY and isinstance(value, int):
        return filters.money(Money(value, str(settings.FIRSTWIN_CURRENCY)))
    if kind is Kind.SHARE and isinstance(value, int | float):
        return filters.share(value)
    if kind in (Kind.DATE, Kind.DAYS) and isinstance(value, str):
        return _day(value)
    if isinstance(value, int | float | Decimal):
        places = 0 if value == int(value) else 1
        unit = f" {field.unit}" if field is not None and field.unit else ""
        return f"{filters.number(value, places)}{unit}"
    return _option(value, field)


def _rows(evidence: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    rows = evidence.get("rows")
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _day(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.day} {day:%B %Y}"


def _option(value: Any, field: Field | None) -> str:
    return str(field.option_label(value)) if field is not None and field.choices else str(value)
