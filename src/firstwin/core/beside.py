"""A second process beside this one, for work that keeps a core busy and can be cut into parts."""

import logging
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Generic, TypeVar

logger = logging.getLogger(__name__)

Part = TypeVar("Part")
Found = TypeVar("Found")


def end_with_parent() -> None:
    """In the other process: nothing of it outlives the one it works for, however that one ends."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # the other one ends it when it has finished what it is at
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(0)


def _begin() -> None:
    import django

    end_with_parent()
    django.setup()


class _Beside(Generic[Part, Found]):
    """Takes parts from the end, one after the other, while somebody takes them from the beginning."""

    def __init__(self, parts: Iterable[Part], pool: ProcessPoolExecutor, work: Callable[[Part], Found]) -> None:
        self.parts, self.pool, self.work = deque(parts), pool, work
        self.taken: list[tuple[Part, Future[Found]]] = []
        self._lock = threading.Lock()

    def first(self) -> Part | None:
        with self._lock:
            return self.parts.popleft() if self.parts else None

    def take(self, _: Any = None) -> None:
        with self._lock:
            if not self.parts:
                return
            part = self.parts.pop()
            try:
                future = self.pool.submit(self.work, part)
            except (OSError, RuntimeError):  # it is gone, or ending: what it leaves is done here
                self.parts.append(part)
                return
            self.taken.append((part, future))
        future.add_done_callback(self.take)


def in_two(parts: Iterable[Part], here: Callable[[Part], Found], there: Callable[[Part], Found]) -> Iterator[Found]:
    """What is made of each part, by this process and another one until they meet, in no order.

    there: the same as `here`, as something that can be sent to a process in which nothing of this one stands. Where
    there is one core, or the other process fails, everything is done here; a part must bear being done twice.
    """
    parts = list(parts)
    if len(parts) < 2 or (os.cpu_count() or 1) < 2:
        yield from map(here, parts)
        return
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_begin) as pool:
        beside = _Beside(parts, pool, there)
        beside.take()
        try:
            while (part := beside.first()) is not None:
                yield here(part)
        finally:
            beside.parts.clear()  # where this one failed, that one takes up nothing more
        for part, future in beside.taken:
            try:
                found = future.result()
            except Exception as problem:  # whatever ails it there: done here, it is told where it belongs
                logger.warning("The second process failed (%r); its part is done in this one.", problem)
                found = here(part)
            yield found
