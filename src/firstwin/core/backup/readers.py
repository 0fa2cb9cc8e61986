"""Rows out of a database, in order of their keys and in plain form. Reading waits for nobody and stops nobody."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from firstwin.core.backup.kinds import Kind, Way, from_postgresql, from_sqlite
from firstwin.core.backup.tables import Table

BATCH = 2_000


class Reader(ABC):
    """Reads through one open connection; what it sees is what that connection's transaction sees."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def rows(self, table: Table) -> Iterator[list[Any]]:
        """Every row of `table`, plain."""
        ways = self._ways(table)
        for batch in self._batches(table):
            for found in batch:
                row = list(found)
                for place, way in ways:
                    if row[place] is not None:
                        row[place] = way(row[place])
                yield row

    def count(self, table: Table) -> int:
        return int(self._one(f'select count(*) from "{table.name}"'))  # noqa: S608

    def migrations(self) -> list[tuple[str, str]]:
        """(app, name) of every migration applied, in that order; none where nothing was ever migrated."""
        if "django_migrations" not in self.table_names():
            return []
        found = self.raw.execute("select app, name from django_migrations order by id").fetchall()
        return [(str(app), str(name)) for app, name in found]

    @abstractmethod
    def next_number(self, table: Table) -> int:
        """What the database's own numbering would give next."""

    @abstractmethod
    def table_names(self) -> set[str]:
        """Every table that stands by itself, not those a search index is kept in."""

    @abstractmethod
    def _batches(self, table: Table) -> Iterator[list[Any]]: ...

    @abstractmethod
    def _way(self, kind: Kind, scale: int | None) -> Way | None: ...

    def _ways(self, table: Table) -> list[tuple[int, Way]]:
        found = [(place, self._way(c.kind, c.scale)) for place, c in enumerate(table.columns)]
        return [(place, way) for place, way in found if way is not None]

    def _one(self, statement: str, *values: object) -> Any:
        row = self.raw.execute(statement, values).fetchone()
        return row[0] if row else None


class SqliteReader(Reader):
    def next_number(self, table: Table) -> int:
        return int(self._one("select seq from sqlite_sequence where name = ?", table.name) or 0) + 1

    def table_names(self) -> set[str]:
        found = self.raw.execute("select name from pragma_table_list where schema = 'main' and type = 'table'")
        return {str(name) for (name,) in found if not str(name).startswith("sqlite_")}

    def _batches(self, table: Table) -> Iterator[list[Any]]:
        # An expression, not a column: Django's connections turn columns of some types into objects.
        names = ", ".join(f'+"{column.name}"' for column in table.columns)
        with closing(self.raw.cursor()) as cursor:
            cursor.execute(f'select {names} from "{table.name}" order by "{table.key}"')  # noqa: S608
            while batch := cursor.fetchmany(BATCH):
                yield batch

    def _way(self, kind: Kind, scale: int | None) -> Way | None:
        return from_sqlite(kind, scale)


class PostgresReader(Reader):
    def next_number(self, table: Table) -> int:
        sequence = self._one("select pg_get_serial_sequence(%s, %s)", f'"{table.name}"', table.key)
        return int(self._one(f"select last_value + is_called::int from {sequence}"))  # noqa: S608

    def table_names(self) -> set[str]:
        visible = "relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace"
        found = self.raw.execute(f"select relname from pg_class where {visible}")  # noqa: S608
        return {str(name) for (name,) in found.fetchall()}

    def _batches(self, table: Table) -> Iterator[list[Any]]:
        names = ", ".join(f'"{c.name}"{"::text" if c.kind is Kind.JSON else ""}' for c in table.columns)
        # Both databases order by code point, so that the same rows give the same lines.
        order = f'"{table.key}"' + (' collate "C"' if table.key_kind is Kind.TEXT else "")
        with self.raw.cursor(name="firstwin_backup") as cursor:
            cursor.execute(f'select {names} from "{table.name}" order by {order}')  # noqa: S608
            while batch := cursor.fetchmany(BATCH):
                yield batch

    def _way(self, kind: Kind, scale: int | None) -> Way | None:
        return from_postgresql(kind, scale)


def reader_of(connection: BaseDatabaseWrapper) -> Reader:
    """A reader inside the transaction that `connection` is in."""
    connection.ensure_connection()
    raw: Any = connection.connection
    return SqliteReader(raw) if connection.vendor == "sqlite" else PostgresReader(raw)


@contextmanager
def snapshot(connection: BaseDatabaseWrapper) -> Iterator[Reader]:
    """Everything as it stands at this moment, however long the reading takes and whatever is written meanwhile."""
    opened = _sqlite(connection) if connection.vendor == "sqlite" else _postgresql(connection)
    with opened as reader:
        yield reader


@contextmanager
def _sqlite(connection: BaseDatabaseWrapper) -> Iterator[Reader]:
    # Not through Django: its transactions take the write lock at once. This one only reads and so never blocks.
    params = connection.get_connection_params()
    raw = sqlite3.connect(params["database"], uri=bool(params.get("uri")), isolation_level=None, timeout=20)
    with closing(raw):
        raw.execute("pragma query_only = on")
        raw.execute("begin deferred")
        raw.execute("select count(*) from sqlite_master").fetchone()  # the first read is what fixes the moment
        yield SqliteReader(raw)


@contextmanager
def _postgresql(connection: BaseDatabaseWrapper) -> Iterator[Reader]:
    own: Any = connection.copy()
    own.connect()
    try:
        own.connection.execute("begin isolation level repeatable read read only")
        own.connection.execute("select 1")
        yield PostgresReader(own.connection)
    finally:
        own.close()
