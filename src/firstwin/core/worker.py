"""The worker: runs jobs one after another, and keeps the schedule, in one process that stops cleanly."""

import logging
import signal
import threading
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

    def run(self) -> None:
        schedules.sync_schedules(now=clock.now())
        self.keep_time()
        ticker = threading.Thread(target=self._tick_along, name="scheduler", daemon=True)
        ticker.start()
        beside = [] if self.batch else companions.start_all(self.stopping)
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
            for thread in (ticker, *beside):
                thread.join(timeout=5)
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
                    self.keep_time()
                except Exception:
                    logger.exception("The schedule could not be kept; trying again in %s s.", TICK_SECONDS)
        finally:
            connection.close()


def run_worker(*, is_once: bool = False) -> None:
    """Run jobs until SIGTERM or SIGINT, or, with `is_once`, until none is left."""
    worker = HouseWorker(is_once=is_once)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, worker.shutdown)
    worker.run()
