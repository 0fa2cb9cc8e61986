"""Work in the background: jobs are rows, enqueued in the transaction that asks for them, run by `firstwin worker`.

A job may run more than once: when its worker dies, another takes it up again. So a job fetches by id and makes one
call, and what that call does is either repeatable or claimed first.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from firstwin.core.failpoints import failpoint
from firstwin.core.invariants import register_invariant
from firstwin.core.models import Lease, Schedule
from firstwin.core.schedules import register_schedule
from firstwin.core.text import counted

__all__ = ["enqueue_once", "prune", "register_schedule", "take_back", "task"]

SILENT_AFTER = timedelta(minutes=2)
MAX_ATTEMPTS = 3
KEEP_DONE, KEEP_FAILED = timedelta(days=7), timedelta(days=60)


class WorkerLost(Exception):
    """The worker that held a job died, as often as a job is tried."""


def enqueue_once(job: Any, *args: Any, **kwargs: Any) -> bool:
    """Enqueue `job` unless the same one, with the same arguments, already waits to be run. Whether it was enqueued."""
    waiting = DBTaskResult.objects.filter(
        status="READY", task_path=job.module_path, args_kwargs={"args": list(args), "kwargs": kwargs}
    )
    if waiting.exists():
        return False
    job.enqueue(*args, **kwargs)
    return True


def beat(worker: str, *, now: datetime) -> None:
    """Renew a worker's lease."""
    Lease.objects.update_or_create(worker=worker, defaults={"beat_at": now}, create_defaults={
        "beat_at": now, "started_at": now,
    })  # fmt: skip


def leave(worker: str) -> None:
    """Give a worker's lease up when it stops in good order."""
    Lease.objects.filter(worker=worker).delete()


def take_back(*, now: datetime) -> int:
    """Let jobs of silent workers be run again, or fail them after three attempts. How many there were."""
    lost = _held_by_silent(now)
    for job in lost:
        _release(job, now)
    Lease.objects.filter(beat_at__lt=now - SILENT_AFTER).delete()
    return len(lost)


def prune(*, now: datetime) -> int:
    """Forget finished jobs: those done after a week, those failed after two months. How many were forgotten."""
    done = DBTaskResult.objects.filter(status="SUCCESSFUL", finished_at__lt=now - KEEP_DONE)
    failed = DBTaskResult.objects.filter(status="FAILED", finished_at__lt=now - KEEP_FAILED)
    return sum(rows.delete()[0] for rows in (done, failed))


def _held_by_silent(now: datetime) -> list[DBTaskResult[Any, Any]]:
    alive = set(Lease.objects.filter(beat_at__gte=now - SILENT_AFTER).values_list("worker", flat=True))
    running = DBTaskResult.objects.filter(status="RUNNING", started_at__lt=now - SILENT_AFTER)
    return [job for job in running if not alive.intersection(job.worker_ids[-1:])]


def _release(job: DBTaskResult[Any, Any], now: datetime) -> None:
    # Compared with what was read: the worker may have finished, or another may have taken it back, in the meantime.
    held = DBTaskResult.objects.filter(pk=job.pk, status="RUNNING", started_at=job.started_at)
    with transaction.atomic():
        if len(job.worker_ids) < MAX_ATTEMPTS:
            held.update(status="READY", started_at=None)
        else:
            lost = f"{WorkerLost.__module__}.{WorkerLost.__qualname__}"
            held.update(status="FAILED", finished_at=now, exception_class_path=lost, traceback=str(WorkerLost.__doc__))
    failpoint("job.released")


def _stuck(now: datetime) -> list[str]:
    return [f"{job.task_path} ({job.pk}) is held by a worker that is gone" for job in _held_by_silent(now)]


def _overdue(now: datetime) -> list[str]:
    late = Schedule.objects.filter(is_on=True, next_due_at__lt=now - timedelta(days=2))
    return [f"{row.label} should have run {counted((now - row.next_due_at).days, 'day')} ago" for row in late]


register_invariant("jobs.held", "No job is held by a worker that is gone", _stuck)
register_invariant("jobs.schedules", "No schedule is days behind", _overdue)
