"""The databases of this installation: beside an SQLite file stands a second one, PostgreSQL holds everything in one.

A backup does not know of them. It holds tables; each is read from, and goes into, the database where it stands here.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings
from django.db import connections, router
from django.db.backends.base.base import BaseDatabaseWrapper

from firstwin.core.backup.readers import Reader, reader_of, snapshot


def databases() -> list[BaseDatabaseWrapper]:
    """The main one, which bears the mark of an unfinished restore, comes last: of two moments its is the later one, so
    it holds what rows of the others refer to."""
    return [connections[alias] for alias in sorted(settings.DATABASES, key=lambda alias: (alias == "default", alias))]


def stands_in(app: str, connection: BaseDatabaseWrapper) -> bool:
    """Whether the tables of this app stand in this database."""
    return router.allow_migrate(connection.alias, app)


@contextmanager
def snapshots() -> Iterator[list[tuple[BaseDatabaseWrapper, Reader]]]:
    """Each database as it stands at this moment."""
    with ExitStack() as stack:
        yield [(connection, stack.enter_context(snapshot(connection))) for connection in databases()]


def are_empty() -> bool:
    """Whether none of them holds anything at all."""
    return not any(reader_of(connection).table_names() for connection in databases())
