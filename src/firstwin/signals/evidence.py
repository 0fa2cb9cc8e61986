"""What a finding or a move was decided by: the values a condition reads, as plain data."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from firstwin.core.conditions import Condition
from firstwin.core.fields import Field, Kind
from firstwin.signals.kinds.pipeline_text import collections_read, fields_read

if TYPE_CHECKING:  # what computes loads where it is asked for, not when the server starts
    from firstwin.signals.frame.frame import Frame

EPOCH = date(1970, 1, 1)
DIGITS = 6


def keys_read(trees: Iterable[Condition | None], more: Sequence[str] = ()) -> tuple[str, ...]:
    """The fields these conditions read and those named beside them, each once, in order."""
    return tuple(dict.fromkeys([*more, *(key for tree in trees for key in fields_read(tree))]))


def collections_of(trees: Iterable[Condition | None]) -> tuple[str, ...]:
    """The collections these conditions ask, each once, in order."""
    return tuple(dict.fromkeys(node.collection for tree in trees for node in collections_read(tree)))


class Values:
    """Field key → its value as plain data, None where it is missing, for one account after the other. Equal values are
    made plain once."""

    def __init__(self, frame: "Frame", keys: Iterable[str]) -> None:
        self._columns = [(key, frame.vocabulary.field(key), frame.column(key), dict[Any, Any]()) for key in keys]

    def at(self, place: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, field, column, said in self._columns:
            if not column.known[place]:
                found[key] = None
                continue
            value = column.values[place]
            if value not in said:
                said[value] = plain(field, value.item() if hasattr(value, "item") else value)
            found[key] = said[value]
        return found


def counts(frame: "Frame", collections: Iterable[str], place: int) -> dict[str, int]:
    """Collection → how many rows one account has in it. Those only ever counted by their question are left out."""
    import numpy as np

    found = {}
    for key in collections:
        if frame.vocabulary.collection(key).model is None:
            continue
        owner = frame.rows(key).owner
        first, last = np.searchsorted(owner, [place, place + 1])
        found[key] = int(last - first)
    return found


def plain(field: Field, value: Any) -> Any:
    """A value of a column as JSON can hold it: days as ISO dates, money in minor units, words in order."""
    if value is None:
        return None
    if field.kind in (Kind.DATE, Kind.DAYS):
        return day_of(int(value)).isoformat()
    if field.kind is Kind.TAGS:
        return sorted(map(str, value))
    if isinstance(value, float):
        return round(value, DIGITS) + 0.0
    return value


def day_of(number: int) -> date:
    """The date of a day counted since 1970-01-01."""
    return EPOCH + timedelta(days=number)


def number_of(day: date) -> int:
    return (day - EPOCH).days
