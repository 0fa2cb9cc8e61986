"""The tables of facts of one sitting, and the SQL of families over them."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from firstwin.accounts.bulk import among
from firstwin.core.frames import At, SqlFamily
from firstwin.signals.frame.engine import engine
from firstwin.signals.frame.facts import facts_of
from firstwin.signals.frame.frame import Ints

FEW = 500
"""Accounts for which one thread is quicker than two."""


@dataclass(slots=True)
class Answer:
    """What a family said.  places: of the account of each row.  about: what each row is about, where that is told."""

    places: Ints
    table: pa.Table
    about: Ints | None = None
    words: Mapping[str, int] = field(default_factory=dict)

    def rows(self, name: str | None) -> tuple[Ints, Mapping[str, Any]]:
        """(places, columns) of the rows, or of those about one thing."""
        columns = dict(zip(self.table.column_names, self.table.columns, strict=True))
        if name is None:
            return self.places, columns
        if self.about is None or name not in self.words:
            return self.places[:0], {key: column[:0] for key, column in columns.items()}
        these = np.flatnonzero(self.about == self.words[name])
        told = pa.array(these)
        return self.places[these], {key: column.take(told) for key, column in columns.items()}


@dataclass(slots=True)
class Asked:
    """is_all: facts of everybody are read; else those of the accounts alone."""

    accounts: Ints
    is_all: bool
    stack: ExitStack = field(default_factory=ExitStack)
    _duck: Any = None
    _read: set[str] = field(default_factory=set)

    def use(self, duck: Any, tables: Mapping[str, pa.Table]) -> None:
        """Ask these tables, whatever the database holds."""
        self._duck = duck
        self._put("accounts", pa.table({"account_id": pa.array(self.accounts)}))
        for name, table in tables.items():
            self._put(name, table)

    def _put(self, name: str, table: pa.Table) -> None:
        self._duck.register(name, table)
        self._read.add(name)

    def narrowed(self, rows: Any, column: str) -> Any:
        return rows if self.is_all else among(rows, column, self.accounts.tolist())

    def read(self, family: SqlFamily) -> None:
        """Read the tables of the family that were not read yet."""
        self._connection()
        for table in family.tables:
            if table.name not in self._read:
                self._put(table.name, facts_of(table, None if self.is_all else self.accounts.tolist()))

    def ask(self, family: SqlFamily, at: At) -> Answer:
        params = _params(at) | (dict(family.more(at)) if family.more is not None else {})
        duck = self._connection()
        for name, step in family.steps.items():
            made = step(lambda path: _run(duck, path, params).to_pydict(), at)
            duck.register(name, made)
        return self._placed(_run(duck, family.sql, params), family.by)

    def _placed(self, found: pa.Table, by: str | None) -> Answer:
        """In the order of the accounts, without rows of others."""
        ids = np.asarray(found["account_id"].to_numpy(), np.int64)
        places = np.searchsorted(self.accounts, ids)
        places[places == len(self.accounts)] = 0
        mine = self.accounts[places] == ids if len(self.accounts) else np.zeros(len(ids), np.bool_)
        order = np.flatnonzero(mine)
        order = order[np.argsort(places[order], kind="stable")]
        if len(order) != len(ids) or (len(order) and np.any(np.diff(order) != 1)):
            found = found.take(pa.array(order))
        placed = Answer(places[order].astype(np.int64), found)
        if by is not None:
            coded = pc.dictionary_encode(found[by].combine_chunks())
            placed.about = np.asarray(coded.indices.to_numpy(zero_copy_only=False))
            placed.words = {word: code for code, word in enumerate(coded.dictionary.to_pylist())}
        return placed

    def _connection(self) -> Any:
        if self._duck is None:
            self.use(self.stack.enter_context(engine(1 if len(self.accounts) <= FEW else 2)), {})
        return self._duck


def _params(at: At) -> dict[str, Any]:
    return {"on": at.on, "moment": _plain(at.moment), "known_by": _plain(at.known_by)}


def _plain(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


@cache
def text_of(path: Path) -> str:
    return path.read_text()


def _run(duck: Any, path: Path, params: Mapping[str, Any]) -> pa.Table:
    text = text_of(path)
    wanted = {key: _told(value) for key, value in params.items() if f"${key}" in text}
    return duck.sql(text, params=wanted).to_arrow_table()


def _told(value: Any) -> Any:
    return _plain(value) if isinstance(value, datetime) and value.tzinfo is not None else value
