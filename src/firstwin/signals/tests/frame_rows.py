"""What list rows say, put as a frame puts it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from firstwin.accounts.models import AccountNow
from firstwin.core import clock
from firstwin.core.fields import Field, Kind
from firstwin.core.frames import At, Column
from firstwin.core.text import fold
from firstwin.signals.frame.sitting import Sitting
from firstwin.signals.frame.told import LONGEST

EPOCH = date(1970, 1, 1)


def plain(field: Field, stored: Any) -> Any:
    """What a row holds; None where nothing counts as there."""
    if field.kind is Kind.TAGS:
        return frozenset(stored.strip("|").split("|")) - {""} if isinstance(stored, str) else frozenset(stored or ())
    if stored is None or stored == "":
        return None
    if field.kind in (Kind.DATE, Kind.DAYS):
        return ((clock.day_of(stored) if isinstance(stored, datetime) else stored) - EPOCH).days
    if field.kind is Kind.FLAG:
        return bool(stored)
    if field.kind is Kind.TEXT:
        return str(stored)[:LONGEST]
    return stored


def value(column: Column, place: int) -> Any:
    return column.values[place] if column.known[place] else None


def of_rows(field: Field, rows: Mapping[int, AccountNow]) -> dict[int, Any]:
    """Account → what its row says."""
    if field.key == "tags":
        return {pk: frozenset(map(fold, row.tags)) for pk, row in rows.items()}
    return {pk: plain(field, getattr(row, str(field.stored))) for pk, row in rows.items()}


def told(here: Sitting, at: At, field: Field) -> dict[int, Any]:
    """Account → what the frame says."""
    column = here.frame(at).column(field.key)
    assert column.values.shape == column.known.shape == here.accounts.shape
    return {pk: value(column, place) for place, pk in enumerate(here.accounts.tolist())}
