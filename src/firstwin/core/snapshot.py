"""Several reads that all see the database as it stood at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction


@contextmanager
def snapshot() -> Iterator[None]:
    """Within, every read of the database sees the same state, and nothing can be written. Nobody else is kept waiting.

    Inside an open transaction it simply goes on: what that one wrote is seen, and it may go on writing.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with _deferred(connection):
            yield
    else:
        with transaction.atomic():
            _run("set transaction isolation level repeatable read, read only")
            yield


@contextmanager
def _deferred(here: Any) -> Iterator[None]:
    """Our transactions take SQLite's write lock when they begin; this one never does."""
    here.ensure_connection()
    usual = here.transaction_mode
    here.transaction_mode = "DEFERRED"
    try:
        with transaction.atomic():
            here.transaction_mode = usual
            _run("pragma query_only = 1")
            yield
    finally:
        here.transaction_mode = usual
        _run("pragma query_only = 0")  # after the end, which a failure within brings about first


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
