"""Work that never ends and runs beside the jobs of the worker, each in a thread of its own: what arrives is taken up
within a second or two, however long a job takes.

What people wait for has a process of its own besides: threads of one process compute one at a time, and would wait for
jobs and for history.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections, connections

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Companion:
    """once: does what there is to do and returns whether there was anything; it must be safe to be killed anywhere.

    rest_seconds: how long it waits after finding nothing.  is_prompt: people wait for it.
    """

    name: str
    once: Callable[[], bool]
    rest_seconds: float = 1.0
    is_prompt: bool = False


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
    """Start a thread for each of those that are prompt, or of the others; they end soon after `stopping` is set."""
    threads = [
        threading.Thread(target=_go_on, args=(companion, stopping), name=companion.name, daemon=True)
        for companion in _companions.values()
        if companion.is_prompt is prompt
    ]
    for thread in threads:
        thread.start()
    return threads


def _go_on(companion: Companion, stopping: threading.Event) -> None:
    pause = companion.rest_seconds
    try:
        while not stopping.is_set():
            close_old_connections()
            try:
                found, pause = companion.once(), companion.rest_seconds
            except Exception:
                # What ails it may pass (a full disk, a database that restarts): look again, less and less often.
                logger.exception("%s failed; trying again in %.0f s.", companion.name, pause)
                found, pause = False, min(pause * 2, 60.0)
            if not found:
                stopping.wait(pause)
    finally:
        connections.close_all()
