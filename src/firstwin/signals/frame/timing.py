"""How long each family took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Timings(dict[str, float]):
    """Seconds by family; `facts` is the reading of tables."""

    @contextmanager
    def of(self, key: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self[key] = self.get(key, 0.0) + time.perf_counter() - begun
