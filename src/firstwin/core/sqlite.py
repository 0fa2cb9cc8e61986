"""How SQLite is waited for, and read.

SQLite has no queue for its one write lock: who waits looks for it after 1, 2, 5 … 25 and at last every 100 ms. Beside
something that writes all the time that is a matter of luck, and of seconds. Here it is looked for every two
milliseconds, so a gap of a few milliseconds between two transactions is always found.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache, partial
from typing import Any

from django.db.backends.signals import connection_created
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.utils.dateparse import parse_date

STEP = 2
"""Milliseconds between two looks."""


class Cursor(SQLiteCursorWrapper):
    patience = 5.0
    """Seconds."""

    def execute(self, query: str, params: Any = None) -> Any:
        # Within a transaction the lock is held already, and reading needs none.
        if self.connection.in_transaction or query.lstrip()[:6].upper() == "SELECT":
            return super().execute(query, params)
        gives_up = time.monotonic() + self.patience
        with self._short_steps():
            while True:
                try:
                    return super().execute(query, params)
                except sqlite3.OperationalError as problem:
                    if not _is_busy(problem) or time.monotonic() > gives_up:
                        raise

    @contextmanager
    def _short_steps(self) -> Iterator[None]:
        self.connection.execute(f"pragma busy_timeout = {STEP}")
        try:
            yield
        finally:
            self.connection.execute(f"pragma busy_timeout = {int(self.patience * 1_000)}")


def register_all() -> None:
    """Called once, when the app is ready."""
    connection_created.connect(_prepare, dispatch_uid="firstwin.core.sqlite")
    sqlite3.register_converter("date", _day)


def _prepare(connection: Any, **more: Any) -> None:
    if connection.vendor == "sqlite":
        connection.create_cursor = partial(_cursor, connection)


def _cursor(connection: Any, name: str | None = None) -> Cursor:
    cursor: Cursor = connection.connection.cursor(factory=Cursor)
    cursor.patience = float(connection.settings_dict["OPTIONS"].get("timeout", 5))
    return cursor


def _is_busy(problem: sqlite3.OperationalError) -> bool:
    return problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


@lru_cache(maxsize=20_000)
def _day(text: bytes) -> date | None:
    """The same few days stand in thousands of rows."""
    return parse_date(text.decode())
