"""How many rows to take in at once, so that nobody else waits long for the database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

TARGET = 0.1
"""Seconds one slice may hold the write lock; the house allows 0.25."""

SMALLEST, LARGEST = 200, 2_000
START = 400
MOST_RECORDS = 5_000
"""Rows of a slice of record kinds, which cost a fraction of the others."""

_GAP, _SHARE = 0.026, 0.26
"""Who waits for SQLite's lock looks for it every 25 ms for the first 128 ms. A gap that is longer than that lets
them in; a shorter slice needs less of one."""


class Pace:
    """Adapts the size of a slice to how long the last one took. Results do not depend on it."""

    def __init__(self, *, is_fast: bool = False) -> None:
        self.size = START
        self.longest = 0.0
        self._is_fast = is_fast
        self._last = 0.0

    @contextmanager
    def slice(self, rows: int) -> Iterator[None]:
        began = time.perf_counter()
        yield
        took = self._last = time.perf_counter() - began
        self.longest = max(self.longest, took)
        per_row = took / max(rows, 1)
        largest = MOST_RECORDS if self._is_fast else LARGEST
        wanted = int(TARGET / per_row) if per_row else largest
        self.size = max(SMALLEST, min(largest, wanted, self.size * 2))

    @staticmethod
    def breathe() -> None:
        """As `give_way`, after a short transaction."""
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(0.002)

    def give_way(self) -> None:
        """Between two slices: let those in who wait to write. PostgreSQL lets them in anyway."""
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(max(0.001, min(_GAP, self._last * _SHARE)))
