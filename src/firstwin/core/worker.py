"""The worker: runs jobs one after another, and keeps the schedule, in one process that stops cleanly. What people wait
for runs beside it in a process of its own, which ends with it."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, close_old_connections, connection, transaction
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from firstwin.core import clock, companions, jobs, schedules
from firstwin.core.failpoints import failpoint

logger = logging.getLogger(__name__)

TICK_SECONDS = 10.0
_NICE = 10
"""How much jobs and history stand back where the processor is busy."""

_PATIENCE = 5.0
"""Seconds that what runs beside may take to end; it bears being cut off."""


class HouseWorker(Worker):
    """The package's worker with a loop of ours: it looks before it locks, and a signal ends it between two jobs."""

    def __init__(self, *, is_once: bool = False, interval: float = 0.5) -> None:
        super().__init__(
            queue_names=["*"],
            interval=interval,
            batch=is_once,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=uuid4().hex,
            excluded_queue_names=[],
        )
        self.stopping = threading.Event()
        self.prompt: Prompt | None = None
        self.left: list[threading.Thread] = []
        """What did not end in time."""

    def run(self) -> None:
        schedules.sync_schedules(now=clock.now())
        self.keep_time()
        if not self.batch:
            self.prompt = Prompt()
            _stand_back()
        beside = [] if self.batch else companions.start_all(self.stopping, prompt=False)
        ticker = threading.Thread(target=self._tick_along, name="scheduler", daemon=True)
        ticker.start()
        try:
            while not self.stopping.is_set():
                close_old_connections()
                if not self.run_next():
                    if self.batch:
                        companions.run_all_once()
                        return
                    self.stopping.wait(self.interval)
        finally:
            self.stopping.set()
            if self.prompt:
                self.prompt.end()
            self.left = _joined((ticker, *beside))
            jobs.leave(self.worker_id)

    def run_next(self) -> bool:
        """Take up one job, if there is any, and run it."""
        try:
            job = self._claim()
        except DatabaseError:  # a lock held too long, or a restart of the database: look again a little later
            logger.warning("The database did not answer; trying again.", exc_info=True)
            return False
        if job is None:
            return False
        failpoint("job.claimed")
        self.run_task(job)
        failpoint("job.finished")
        return True

    def keep_time(self) -> None:
        """Renew the lease, take back what dead workers hold, start what is due."""
        now = clock.now()
        jobs.beat(self.worker_id, now=now)
        jobs.take_back(now=now)
        schedules.tick(now=now)

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """The first signal lets the running job finish; the second one ends it."""
        if self.stopping.is_set():
            self.reset_signals()
            raise SystemExit(1)
        self.stopping.set()
        if self.running_task:
            logger.warning("Stopping when the running job has ended; signal again to end it now.")

    def _claim(self) -> "DBTaskResult[Any, Any] | None":
        # Looking takes no lock, so an idle worker never stands in anybody's way.
        if not DBTaskResult.objects.ready().exists():
            return None
        with transaction.atomic():
            job = DBTaskResult.objects.ready().get_locked()
            if job is not None:
                job.claim(self.worker_id)
            return job

    def _tick_along(self) -> None:
        """In a thread of its own: a long job must not stop the clock, nor let the lease run out."""
        try:
            while not self.stopping.wait(TICK_SECONDS):
                close_old_connections()
                try:
                    if self.prompt:
                        self.prompt.see_to()
                    self.keep_time()
                except Exception:
                    logger.exception("The schedule could not be kept; trying again in %s s.", TICK_SECONDS)
        finally:
            connection.close()


def _stand_back() -> None:
    """What people wait for, and pages, come first. Threads to come have it from the one that starts them."""
    os.nice(_NICE)
    # Linux alone counts by thread: libraries have some already.
    for one in Path("/proc/self/task").glob("*"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, int(one.name), os.getpriority(os.PRIO_PROCESS, 0))


class Prompt:
    """The process for what people wait for: started again when it ends, ended with the worker."""

    def __init__(self) -> None:
        self._priority = os.getpriority(os.PRIO_PROCESS, 0)
        self._process = self._start()

    def see_to(self) -> None:
        if self._process.poll() is not None:
            logger.warning("What takes up new facts ended (%s); starting it again.", self._process.returncode)
            self._process = self._start()

    def end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=2 * _PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        # A group of its own: Ctrl-C reaches the worker, which ends it.
        command = [sys.executable, "-m", "django", "worker", "--prompt", str(os.getpid())]
        process = subprocess.Popen(command, start_new_session=True)
        with suppress(OSError):  # started again it would be as nice as the worker; not everybody may change that
            os.setpriority(os.PRIO_PROCESS, process.pid, self._priority)
        return process


def run_worker(*, is_once: bool = False) -> None:
    """Run jobs until SIGTERM or SIGINT, or, with `is_once`, until none is left."""
    worker = HouseWorker(is_once=is_once)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, worker.shutdown)
    worker.run()
    _leave(worker.left)


def run_prompt(parent: int) -> None:
    """In the process beside the worker `parent`: until it is told to stop, or the worker is gone."""
    stopping = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.set())
    threads = companions.start_all(stopping, prompt=True)
    while not stopping.wait(1.0):
        if os.getppid() != parent:  # killed: whoever comes next takes up what is left here
            os._exit(0)
    _leave(_joined(threads))


def _joined(threads: Sequence[threading.Thread]) -> list[threading.Thread]:
    """Those that did not end in time."""
    until = time.monotonic() + _PATIENCE
    for thread in threads:
        thread.join(timeout=max(until - time.monotonic(), 0))
    return [thread for thread in threads if thread.is_alive()]


def _leave(threads: Collection[threading.Thread]) -> None:
    """Where one is in the middle of something the process ends at once: taking the interpreter away below a thread
    that asks the engine of the lake aborts with a core dump."""
    if threads:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
