"""Frames made by hand: a value per account and day, said by a function, to try engines without a database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from firstwin.core.errors import Refused
from firstwin.core.fields import Collection, Field, Kind, Vocabulary
from firstwin.core.frames import At, Column
from firstwin.people.config.store import Definition
from firstwin.signals.evidence import number_of
from firstwin.signals.frame.frame import Frame, Ints, Rows

START = date(2026, 1, 5)
Said = Callable[[int, date], Any]
"""(account id, day) → value as one would store it; None where it is missing."""


def day(n: int) -> date:
    return START + timedelta(days=n)


def at(on: date) -> At:
    """The close of a day, without asking settings for a time zone."""
    moment = datetime(on.year, on.month, on.day, 23, 59, 59, tzinfo=UTC)
    return At(on, moment, moment)


@dataclass
class Table:
    """A source, and enough of a `Sitting` for what folds over days.

    said: field key → what it says.  rows: collection key → (account, day) → rows as (id, {field: value}).
    """

    ids: Sequence[int]
    fields: Sequence[Field]
    said: Mapping[str, Said]
    collections: Sequence[Collection] = ()
    told: Mapping[str, Callable[[int, date], Sequence[tuple[int, Mapping[str, Any]]]]] = field(default_factory=dict)
    asked: list[date] = field(default_factory=list)

    @property
    def accounts(self) -> Ints:
        return np.asarray(self.ids, np.int64)

    @property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary({one.key: one for one in self.fields}, {one.key: one for one in self.collections})

    def prepare(self, ats: Sequence[At]) -> None:
        self.asked += [one.on for one in ats]

    def frame(self, moment: At) -> Frame:
        return Frame(self.accounts, moment, self.vocabulary, self)

    def on(self, on: date) -> Frame:
        return self.frame(at(on))

    def column(self, key: str, moment: At) -> Column:
        if key not in self.said:
            raise Refused(f"{key!r} cannot be told for a past day.")
        return column(self.vocabulary.field(key), [self.said[key](pk, moment.on) for pk in self.ids])

    def rows(self, collection: str, moment: At, places: Ints | None = None) -> Rows:
        owner: list[int] = []
        found: list[tuple[int, Mapping[str, Any]]] = []
        for place, pk in enumerate(self.ids):
            for row in self.told[collection](pk, moment.on):
                owner.append(place)
                found.append(row)
        fields = self.vocabulary.collection(collection).fields
        columns = {one.key: column(one, [row[1].get(one.key) for row in found]) for one in fields}
        return Rows(np.asarray(owner, np.int64), np.asarray([row[0] for row in found], np.int64), columns)


def column(one: Field, values: Sequence[Any]) -> Column:
    """A column of these values, typed by the kind of the field."""
    known = np.asarray([value is not None for value in values], np.bool_)
    if one.kind in (Kind.DATE, Kind.DAYS):
        return Column(np.asarray([number_of(value) if value else 0 for value in values], np.int64), known)
    if one.kind is Kind.FLAG:
        return Column(np.asarray([bool(value) for value in values], np.bool_), known)
    if one.kind is Kind.TAGS:
        words = np.empty(len(values), object)
        words[:] = [frozenset(value or ()) for value in values]
        return Column(words, np.ones(len(values), np.bool_))
    if one.kind in (Kind.TEXT, Kind.CHOICE) and not one.is_id:
        words = np.empty(len(values), object)
        words[:] = [value or "" for value in values]
        return Column(words, known)
    floats = one.kind is Kind.SHARE or one.decimals
    kind = np.float64 if floats else np.int64
    return Column(np.asarray([value if value is not None else 0 for value in values], kind), known)


def defined(kind: str, parsed: Any, number: int = 1) -> Definition:
    return Definition(kind, parsed.key, number, datetime(2026, 1, 1, tzinfo=UTC), parsed)
