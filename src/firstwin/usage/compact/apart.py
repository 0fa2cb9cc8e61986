"""Reading on a second core. When very much waits, a process of its own reads batches from the end while this one reads
them from the beginning, until they meet. It opens no database; without it everything is read here.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TYPE_CHECKING

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


@contextmanager
def reading_ahead(chunks: Sequence[Chunk]) -> Iterator[Callable[[int], Columns]]:
    """Gives a callable: the columns of the chunk at a place; to be asked for each, from the first to the last."""
    ahead = _begin(chunks)
    try:
        yield lambda place: _columns(chunks[place], ahead.pop(place, None))
    finally:
        for future in ahead.values():
            future.cancel()


def _begin(chunks: Sequence[Chunk]) -> dict[int, "Future[Columns]"]:
    global _pool
    events = sum(batch.events for _, batches in chunks for batch in batches)
    if events < WORTH_IT or (os.cpu_count() or 1) < 2:
        return {}
    try:
        _pool = _pool or ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_prepare)
        places = range(len(chunks) - 1, 0, -1)
        return {place: _pool.submit(_read, chunks[place][0], _bodies(chunks[place][1])) for place in places}
    except (OSError, RuntimeError) as problem:
        _give_up(problem)
        return {}


def _columns(chunk: Chunk, ahead: "Future[Columns] | None") -> Columns:
    if ahead is not None and not ahead.cancel():  # it is being read, or is read
        try:
            return ahead.result()
        except Exception as problem:  # whatever ails it there: read here, it is told with its batch
            _give_up(problem)
    return read_here(*chunk)


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
    return columns_of(source, [read_batch(body, body.received) for body in bodies])


def _prepare() -> None:
    """In the other process: nothing of it outlives the one it works for, however that one ends."""
    import signal

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # the worker ends it when it has finished what it is at
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(0)
