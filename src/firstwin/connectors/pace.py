"""How many rows to take in at once, so that nobody else waits long for the database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

TARGET = 0.12
"""Seconds one slice may hold the write lock; the house allows 0.25."""

SMALLEST, LARGEST = 200, 2_000


class Pace:
    """Adapts the size of a slice to how long the last one took. Results do not depend on it."""

    def __init__(self, size: int = 400) -> None:
        self.size = size
        self.longest = 0.0

    @contextmanager
    def slice(self, rows: int) -> Iterator[None]:
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        self.longest = max(self.longest, took)
        per_row = took / max(rows, 1)
        wanted = int(TARGET / per_row) if per_row else LARGEST
        self.size = max(SMALLEST, min(LARGEST, wanted, self.size * 2))
