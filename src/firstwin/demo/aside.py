"""Indexes set aside while a very large company is stored, and made again in one go: far quicker than row by row.

Everything happens inside the caller's transaction, so a load that dies leaves every index where it was.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models

from firstwin.accounts import search


@contextmanager
def indexes_aside(tables: Iterable[type[models.Model]]) -> Iterator[None]:
    """Drop these tables' indexes (not their constraints) and make them again at the end."""
    kept = [found for model in tables for found in indexes_of(model._meta.db_table)]
    _run(f"drop index {connection.ops.quote_name(name)}" for name, _ in kept)
    yield
    if kept and connection.vendor == "postgresql":
        # It makes no index while foreign keys of the table wait to be checked.
        _run(["set constraints all immediate", "set constraints all deferred"])
    _run(statement for _, statement in kept)


@contextmanager
def search_aside() -> Iterator[None]:
    """Drop the search indexes and build them again at the end."""
    _run(search.removals(connection.vendor))
    yield
    _run(search.statements(connection.vendor))
    if connection.vendor == "sqlite":
        _run(f"insert into {table}_fts({table}_fts) values ('rebuild')" for table in search.TABLES)  # noqa: S608


def take_stock() -> None:
    """Let the database learn how its tables look now, or it plans queries for empty ones."""
    if connection.vendor == "sqlite":
        _run(["pragma analysis_limit = 2000"])  # a sample says enough
    _run(["analyze"])


def indexes_of(table: str) -> Sequence[tuple[str, str]]:
    """(name, the statement that makes it) of the table's indexes that no constraint owns."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "select indexname, indexdef from pg_indexes where schemaname = current_schema() and tablename = %s "
                "and indexname not in (select conname from pg_constraint)",
                [table],
            )
        else:
            cursor.execute(
                "select name, sql from sqlite_master where type = 'index' and tbl_name = %s and sql is not null",
                [table],
            )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _run(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
