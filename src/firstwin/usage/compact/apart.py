"""Reading on a second core. When very much waits, a process of its own reads batches from the end while this one reads
them from the beginning, until they meet; what comes after them it reads while this one stores them. It opens no
database; without it everything is read here.
"""

import logging
import os
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

from firstwin.core.beside import end_with_parent
from firstwin.core.collecting import seldom_collected
from firstwin.usage.compact.columns import Columns, columns_of
from firstwin.usage.compact.reading import read_batch
from firstwin.usage.compact.times import micros

if TYPE_CHECKING:  # the other process loads this module and no models
    from firstwin.usage.store.models import Inbox

logger = logging.getLogger(__name__)

WORTH_IT = 20_000
"""Events from which on a second process pays for itself."""

_pool: ProcessPoolExecutor | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """What reading needs of a batch."""

    call: str
    body: bytes
    received: int


Chunk = tuple[int, Sequence["Inbox"]]
"""(source, batches)"""


def read_here(source: int, batches: Sequence["Inbox"]) -> Columns:
    return _read(source, _bodies(batches))


class Ahead:
    """Chunks that the other process reads, from the last to the first."""

    def __init__(self, chunks: Sequence[Chunk] = ()) -> None:
        self.futures: dict[int, Future[Columns]] = {}
        self.chunks = chunks
        global _pool
        events = sum(batch.events for _, batches in chunks for batch in batches)
        if events < WORTH_IT or (os.cpu_count() or 1) < 2:
            return
        try:
            _pool = _pool or ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=end_with_parent)
            for place in range(len(chunks) - 1, 0, -1):
                self.futures[place] = _pool.submit(_read, chunks[place][0], _bodies(chunks[place][1]))
        except (OSError, RuntimeError) as problem:
            _give_up(problem)

    def columns(self, place: int) -> Columns:
        """Those of the chunk at this place; to be asked for each, from the first to the last."""
        future = self.futures.pop(place, None)
        if future is not None and not future.cancel():  # it is being read, or is read
            try:
                return future.result()
            except Exception as problem:  # whatever ails it there: read here, it is told with its batch
                _give_up(problem)
        return read_here(*self.chunks[place])

    def end(self) -> None:
        for future in self.futures.values():
            future.cancel()
        self.futures = {}


def _give_up(problem: BaseException) -> None:
    """The other process is gone, or cannot be had: a later round may try again."""
    global _pool
    logger.warning("The second reader ended (%s); reading in one process.", problem)
    if _pool is not None:
        _pool.shutdown(wait=False, cancel_futures=True)
        _pool = None


def _bodies(batches: Sequence["Inbox"]) -> list[Body]:
    return [Body(batch.call, bytes(batch.body), micros(batch.received_at)) for batch in batches]


def _read(source: int, bodies: Sequence[Body]) -> Columns:
    with seldom_collected():
        return columns_of(source, [read_batch(body, body.received) for body in bodies])
