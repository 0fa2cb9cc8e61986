"""The journal of an import: which rows it made or changed, written by the database itself, so that no writer forgets.

Triggers write it, but only inside `marked`. SQLite: TEMP triggers of the import's own connection, so that nobody
else's writes pass them. PostgreSQL: permanent triggers that look at a setting of the transaction. They are made after
every migration rather than by one, so that the tables of a room to come are covered on the day they appear.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from firstwin.connectors.journal import postgres, sqlite
from firstwin.connectors.journal.tables import journaled

__all__ = ["install", "journaled", "marked", "watching"]


@contextmanager
def watching() -> Iterator[None]:
    """Have the triggers ready on this connection; they stay silent outside of `marked`."""
    dialect = _dialect()
    dialect.prepare(connection, journaled())
    try:
        yield
    finally:
        dialect.put_away(connection, journaled())


@contextmanager
def marked(run: int) -> Iterator[None]:
    """Whatever is written inside belongs to `run`. To be used within a transaction, and within `watching`.

    Fails when the triggers are not there, such as after the connection was lost.
    """
    dialect = _dialect()
    try:
        dialect.mark(connection, run)
        yield
    except BaseException:
        dialect.let_go(connection)  # the transaction is rolled back, the mark with it
        raise
    dialect.mark(connection, None)


def install() -> None:
    """Make what is permanent. Run again whenever tables may have come."""
    if connection.vendor == "postgresql":
        there = set(connection.introspection.table_names())  # a migration of one app leaves others for later
        postgres.install(connection, {name: table for name, table in journaled().items() if name in there})


def marks() -> dict[str, int]:
    """The highest row of each table now: what lies above and is not in a run's journal was written by others since."""
    each = (
        f"select '{table.name}', coalesce(max({table.pk}), 0) from {table.name}"  # noqa: S608 - our own names
        for table in journaled().values()
    )
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(each))
        return {str(name): int(highest) for name, highest in cursor.fetchall()}


def _dialect() -> "type[sqlite.Sqlite] | type[postgres.Postgres]":
    return postgres.Postgres if connection.vendor == "postgresql" else sqlite.Sqlite
