"""How many rows to write at once, so that nobody else waits long for the database."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection

TARGET = 0.06
"""Seconds one slice may hold the write lock. The house allows 0.25, and a slice may meet a slow disk."""

SMALLEST, LARGEST, START = 200, 2_000, 400
MOST_RECORDS = 5_000
"""Rows of a slice of record kinds, which cost a fraction of the others."""

_GAP = 0.004
"""Who waits for SQLite's lock looks for it every two milliseconds (see `core.sqlite`): a longer gap lets them in."""

Item = TypeVar("Item")


class Pace:
    """Adapts the size of a slice to how long the last one took. Results do not depend on it."""

    def __init__(self, *, is_fast: bool = False, smallest: int | None = None, largest: int | None = None) -> None:
        self._smallest = smallest or SMALLEST
        self._largest = largest or (MOST_RECORDS if is_fast else LARGEST)
        self.size = smallest or START
        self.longest = 0.0

    @contextmanager
    def slice(self, rows: int) -> Iterator[None]:
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        self.longest = max(self.longest, took)
        per_row = took / max(rows, 1)
        wanted = int(TARGET / per_row) if per_row else self._largest
        self.size = max(self._smallest, min(self._largest, wanted, self.size * 2))

    def parts(self, items: Sequence[Item]) -> Iterator[Sequence[Item]]:
        """Slice after slice, each as large as is right by then; between two of them others are let in."""
        done = 0
        while part := items[done : done + self.size]:
            yield part
            done += len(part)
            self.give_way()

    @staticmethod
    def give_way() -> None:
        """Between two slices: let those in who wait to write. PostgreSQL lets them in anyway."""
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(_GAP)
