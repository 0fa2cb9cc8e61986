"""Work that never ends and runs beside the jobs of the worker, each in a thread of its own: what arrives is taken up
within a second or two, however long a job takes.

What people wait for has a process of its own besides: threads of one process compute one at a time, and would wait for
jobs and for history.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import close_old_connections, connections

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Companion:
    """once: does what there is to do and returns whether there was anything; it must be safe to be killed anywhere.

    rest_seconds: how long it waits after finding nothing.  is_prompt: people wait for it.  thread: those that name
    the same one take turns; by itself each has its own.
    """

    name: str
    once: Callable[[], bool]
    rest_seconds: float = 1.0
    is_prompt: bool = False
    thread: str = ""


_companions: dict[str, Companion] = {}


def register_companion(companion: Companion) -> None:
    """Let the worker run this beside its jobs. Registering the same name again replaces it."""
    _companions[companion.name] = companion


def run_all_once() -> None:
    """Until none of them finds anything: for `worker --once` and tests."""
    for companion in _companions.values():
        while companion.once():
            pass


def start_all(stopping: threading.Event, *, prompt: bool) -> list[threading.Thread]:
    """Start the threads of those that are prompt, or of the others; they end soon after `stopping` is set."""
    groups: dict[str, list[Companion]] = {}
    for companion in _companions.values():
        if companion.is_prompt is prompt:
            groups.setdefault(companion.thread or companion.name, []).append(companion)
    threads = [
        threading.Thread(target=_go_on, args=(group, stopping), name=name, daemon=True)
        for name, group in groups.items()
    ]
    for thread in threads:
        thread.start()
    return threads


def _go_on(group: Sequence[Companion], stopping: threading.Event) -> None:
    pauses = {companion.name: companion.rest_seconds for companion in group}
    due = dict.fromkeys(pauses, 0.0)
    try:
        while not stopping.wait(max(min(due.values()) - time.monotonic(), 0.0)):
            close_old_connections()
            for companion in group:
                if due[companion.name] <= time.monotonic() and not stopping.is_set():
                    found = _once(companion, pauses)
                    due[companion.name] = 0.0 if found else time.monotonic() + pauses[companion.name]
    finally:
        connections.close_all()


def _once(companion: Companion, pauses: dict[str, float]) -> bool:
    """Whether there was anything. pauses: how long each waits where there was nothing."""
    name = companion.name
    try:
        found, pauses[name] = companion.once(), companion.rest_seconds
    except Exception:
        # What ails it may pass (a full disk, a database that restarts): look again, less and less often.
        logger.exception("%s failed; trying again in %.0f s.", name, pauses[name])
        pauses[name] = min(pauses[name] * 2, 60.0)
        return False
    return found
