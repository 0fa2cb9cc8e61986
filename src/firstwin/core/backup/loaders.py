"""Rows into a database, past triggers and before the foreign keys are looked at, all in one transaction."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from firstwin.core.backup.kinds import Kind, Way, as_sqlite_holds, to_copy, to_sqlite
from firstwin.core.backup.lines import line_of, row_of
from firstwin.core.backup.manifest import Stored
from firstwin.core.backup.tables import Table
from firstwin.core.errors import Refused
from firstwin.core.text import shorten

_FAULTS = (DatabaseError, sqlite3.Error, psycopg.Error)
_COPY_BYTES = 1 << 18


class Loader(ABC):
    """Fills tables of a database whose shape is the backup's."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.raw: Any = connection.connection
        self._row = 0

    def fill(self, table: Table, lines: Iterator[bytes]) -> None:
        """Store every line. Raises Refused naming the table and row that cannot be stored."""
        self._row = 0
        try:
            self._fill(table, self._counted(lines))
        except _FAULTS as problem:
            raise Refused(self._said(table, problem)) from problem

    def held(self, table: Table, line: bytes) -> bytes:
        """A line as this database gives it back."""
        return line

    @abstractmethod
    def empty(self, tables: Sequence[Table]) -> None:
        """Take out what migrations put in."""

    @abstractmethod
    def count_on(self, stored: Stored) -> None:
        """Let the database's own numbering go on where the backup's stood."""

    @abstractmethod
    def check_references(self) -> None:
        """Raises Refused when a row refers to one that is not there."""

    @abstractmethod
    def take_stock(self) -> None:
        """Let the database learn how its tables look now, or it plans queries for empty ones."""

    @abstractmethod
    def _fill(self, table: Table, lines: Iterator[bytes]) -> None: ...

    def _counted(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        for line in lines:
            self._row += 1
            yield line

    def _said(self, table: Table, problem: Exception) -> str:
        told: Any = getattr(problem, "diag", None)
        where = told.context if told is not None and told.context else f"row {self._row} or shortly before"
        return f"{table.name} could not be stored: {shorten(str(problem), 300)} ({shorten(where, 200)})"


class SqliteLoader(Loader):
    def empty(self, tables: Sequence[Table]) -> None:
        for table in tables:
            self.raw.execute(f'delete from "{table.name}"')  # noqa: S608

    def held(self, table: Table, line: bytes) -> bytes:
        places = [(at, c.scale) for at, c in enumerate(table.columns) if c.kind is Kind.DECIMAL]
        if not places:
            return line
        row = row_of(line)
        for at, scale in places:
            row[at] = None if row[at] is None else as_sqlite_holds(row[at], scale)
        return line_of(row)

    def count_on(self, stored: Stored) -> None:
        if stored.next_number is None:
            return
        name = stored.table.name
        self.raw.execute("delete from sqlite_sequence where name = ?", [name])
        self.raw.execute("insert into sqlite_sequence (name, seq) values (?, ?)", [name, stored.next_number - 1])

    def check_references(self) -> None:
        broken = self.raw.execute("pragma foreign_key_check").fetchone()
        if broken:
            raise Refused(f"Row {broken[1]} of {broken[0]} refers to a row of {broken[2]} that is not in the backup.")

    def take_stock(self) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("pragma analysis_limit = 2000")
            cursor.execute("analyze")

    def _fill(self, table: Table, lines: Iterator[bytes]) -> None:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        marks = ", ".join("?" * len(table.columns))
        ways = [(at, way) for at, c in enumerate(table.columns) if (way := to_sqlite(c.kind)) is not None]
        statement = f'insert into "{table.name}" ({names}) values ({marks})'  # noqa: S608
        self.raw.executemany(statement, (_turned(row_of(line), ways) for line in lines))


class PostgresLoader(Loader):
    def empty(self, tables: Sequence[Table]) -> None:
        names = ", ".join(f'"{table.name}"' for table in tables)
        self.raw.execute(f"truncate {names}")

    def count_on(self, stored: Stored) -> None:
        if stored.next_number is not None:
            self.raw.execute(
                "select setval(pg_get_serial_sequence(%s, %s), %s, false)",
                [f'"{stored.table.name}"', stored.table.key, stored.next_number],
            )

    def check_references(self) -> None:
        try:
            self.raw.execute("set constraints all immediate")
        except psycopg.Error as problem:
            detail = shorten(str(problem), 300)
            raise Refused(f"A row refers to one that is not in the backup: {detail}") from problem

    def take_stock(self) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("analyze")

    def _fill(self, table: Table, lines: Iterator[bytes]) -> None:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        ways = [to_copy(column.kind) for column in table.columns]
        with self.raw.cursor() as cursor, cursor.copy(f'copy "{table.name}" ({names}) from stdin') as copy:
            held: list[str] = []
            size = 0
            for line in lines:
                said = _copy_line(row_of(line), ways)
                held.append(said)
                size += len(said)
                if size >= _COPY_BYTES:
                    copy.write("".join(held))
                    held, size = [], 0
            copy.write("".join(held))


@contextmanager
def loading(connection: BaseDatabaseWrapper) -> Iterator[Loader]:
    """One transaction, in which no trigger fires; at its end every trigger is back and search finds what was loaded."""
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with transaction.atomic(using=connection.alias), _triggers_off_postgresql(connection):
            yield PostgresLoader(connection)
        return
    connection.disable_constraint_checking()  # nothing inside a transaction can turn it off
    try:
        with transaction.atomic(using=connection.alias), _triggers_off_sqlite(connection):
            yield SqliteLoader(connection)
    finally:
        connection.enable_constraint_checking()


def loader(connection: BaseDatabaseWrapper) -> Loader:
    """For what is done outside of the transaction."""
    connection.ensure_connection()
    return PostgresLoader(connection) if connection.vendor == "postgresql" else SqliteLoader(connection)


@contextmanager
def _triggers_off_sqlite(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("select name, sql from sqlite_master where type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'drop trigger "{name}"')
        yield
        # Full-text indexes that follow a table by those triggers.
        follows = "sql like 'create virtual table%fts5%content=%'"
        cursor.execute(f"select name from sqlite_master where type = 'table' and {follows}")  # noqa: S608
        for (name,) in cursor.fetchall():
            cursor.execute(f'insert into "{name}"("{name}") values (\'rebuild\')')  # noqa: S608
        for _, statement in triggers:
            cursor.execute(statement)


@contextmanager
def _triggers_off_postgresql(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select tgrelid::regclass::text, tgname from pg_trigger join pg_class on pg_class.oid = tgrelid "
            "where not tgisinternal and tgenabled = 'O' and relnamespace = current_schema()::regnamespace"
        )
        triggers = cursor.fetchall()
        for table, name in triggers:
            cursor.execute(f'alter table {table} disable trigger "{name}"')
        yield
        for table, name in triggers:
            cursor.execute(f'alter table {table} enable trigger "{name}"')


def _turned(row: list[Any], ways: Sequence[tuple[int, Way]]) -> list[Any]:
    for at, way in ways:
        if row[at] is not None:
            row[at] = way(row[at])
    return row


def _copy_line(row: list[Any], ways: Sequence[Way]) -> str:
    told = [r"\N" if value is None else way(value) for way, value in zip(ways, row, strict=True)]
    return "\t".join(told) + "\n"
