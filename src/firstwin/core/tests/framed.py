"""Rows as `evaluate.holds` reads them, made into the columns a frame holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.core import clock
from firstwin.core.fields import Field, Kind, Vocabulary
from firstwin.core.frames import At, Column

Rows = Mapping[int, Mapping[str, Any]]
ZERO = date(1970, 1, 1)


@dataclass(frozen=True)
class RowsOf:
    owner: npt.NDArray[np.int64]
    columns: Mapping[str, Column]
    dated: Column | None
    times: npt.NDArray[np.int64] | None = None


@dataclass
class RowFrame:
    """A frame over plain rows. seen: the other moments it was asked for."""

    accounts: npt.NDArray[np.int64]
    at: At
    vocabulary: Vocabulary
    columns: dict[str, Column]
    related: dict[str, RowsOf]
    before: Callable[[At], "RowFrame"]
    seen: list[At] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Rows, vocabulary: Vocabulary, today: date) -> "RowFrame":
        given = list(rows.values())

        def before(at: At) -> "RowFrame":
            past = {pk: row["_past"][(today - at.on).days] for pk, row in rows.items()}
            return cls.of(past, vocabulary, at.on)

        return cls(
            np.array(list(rows), dtype=np.int64),
            At.close_of(today),
            vocabulary,
            {key: column_of(one, [row.get(key) for row in given]) for key, one in vocabulary.fields.items()},
            {key: _rows(vocabulary, key, given) for key in vocabulary.collections},
            before,
        )

    def __len__(self) -> int:
        return len(self.accounts)

    def column(self, key: str) -> Column:
        return self.columns[key]

    def rows(self, collection: str) -> RowsOf:
        return self.related[collection]

    def earlier(self, at: At) -> "RowFrame":
        self.seen.append(at)
        return self.before(at)


def column_of(of: Field, values: Sequence[Any]) -> Column:
    """Values as stored, as a frame holds them."""
    if of.kind is Kind.TAGS:
        sets = np.empty(len(values), dtype=object)
        sets[:] = [_words(value) for value in values]
        return Column(sets, np.ones(len(values), dtype=np.bool_))
    known = np.array([value is not None and value != "" for value in values], dtype=np.bool_)
    kind, nothing, made = _form(of)
    held = np.empty(len(values), dtype=kind)
    held[:] = [made(value) if there else nothing for value, there in zip(values, known, strict=True)]
    return Column(held, known)


def _form(of: Field) -> tuple[Any, Any, Callable[[Any], Any]]:
    match of.kind:
        case Kind.FLAG:
            return np.bool_, True, bool
        case Kind.SHARE:
            return np.float64, np.nan, float
        case Kind.NUMBER if of.decimals:
            return np.float64, np.nan, float
        case Kind.DATE | Kind.DAYS:
            return np.int64, 0, _day
        case Kind.NUMBER | Kind.MONEY | Kind.PERSON:
            return np.int64, 0, int
        case _ if of.is_id:
            return np.int64, 0, int
    return object, None, str


def _day(value: date) -> int:
    return ((clock.day_of(value) if isinstance(value, datetime) else value) - ZERO).days


def _words(value: Any) -> frozenset[str]:
    return frozenset(value.strip("|").split("|")) - {""} if isinstance(value, str) else frozenset(value or ())


def _rows(vocabulary: Vocabulary, key: str, given: Sequence[Mapping[str, Any]]) -> RowsOf:
    found = [(place, row) for place, account in enumerate(given) for row in account.get(key, ())]
    owner = np.array([place for place, _ in found], dtype=np.int64)
    of = vocabulary.collections[key]
    columns = {one.key: column_of(one, [row.get(one.key) for _, row in found]) for one in of.fields}
    days = column_of(Field("_", Kind.DATE, "", ""), [row.get("_dated") for _, row in found])
    return RowsOf(owner, columns, days)
