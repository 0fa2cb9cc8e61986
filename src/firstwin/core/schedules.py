"""The rhythm of jobs that start by themselves, and the tick that starts them.

Rooms register what should run; each becomes a row that people can see and change. Any number of schedulers may tick at
the same time: a due row is claimed by comparing and swapping its `next_due_at`, in the transaction that enqueues.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.models import Schedule

UNFINISHED = ("READY", "RUNNING")


@dataclass(frozen=True)
class Registered:
    """What a room asks for. Either `every` minutes or `daily_at` a local time, both only the rhythm to begin with."""

    key: str
    task_path: str
    label: str
    every: int | None = None
    daily_at: time | None = None


_registered: dict[str, Registered] = {}


def register_schedule(
    key: str, task: Any, label: str, *, every: int | None = None, daily_at: str | time | None = None
) -> None:
    """Ask for a job to be run by itself.

    task: the decorated function or its dotted path; it takes no arguments.  every: minutes.  daily_at: "HH:MM".
    """
    if (every is None) == (daily_at is None):
        raise ValueError(f"schedule {key!r} needs either every= or daily_at=")
    path = task if isinstance(task, str) else task.module_path
    at = time.fromisoformat(daily_at) if isinstance(daily_at, str) else daily_at
    wanted = Registered(key, path, label, every, at)
    if _registered.get(key, wanted) != wanted:
        raise ValueError(f"schedule {key!r} is registered twice")
    _registered[key] = wanted


def sync_schedules(*, now: datetime) -> None:
    """Make the rows follow what is registered. The rhythm and the switch of a row that exists are people's."""
    with transaction.atomic():
        known = {row.key: row for row in Schedule.objects.select_for_update()}
        for wanted in _registered.values():
            row = known.pop(wanted.key, None)
            if row is None:
                row = Schedule(key=wanted.key, every_minutes=wanted.every, daily_at=wanted.daily_at)
                row.next_due_at = next_due(row, now)
            if (row.label, row.task_path) != (wanted.label, wanted.task_path):
                row.label, row.task_path = wanted.label, wanted.task_path
                row.save()
        Schedule.objects.filter(pk__in=[row.pk for row in known.values()]).delete()


def change_schedule(
    *, schedule: Schedule, now: datetime, is_on: bool, every_minutes: int | None = None, daily_at: time | None = None
) -> Schedule:
    """Change when a job runs, or turn it off. Raises Refused unless exactly one rhythm is given."""
    if (every_minutes is None) == (daily_at is None):
        raise Refused("Choose either a number of minutes or a time of day.")
    if every_minutes is not None and not 1 <= every_minutes <= 7 * 24 * 60:
        raise Refused("Choose between one minute and a week.", field="every_minutes")
    schedule.is_on, schedule.every_minutes, schedule.daily_at = is_on, every_minutes, daily_at
    schedule.next_due_at = next_due(schedule, now)
    schedule.save()
    return schedule


def next_due(schedule: Schedule, after: datetime) -> datetime:
    """The first moment after `after` at which it is due. Runs that were missed are not made up for.

    A daily time that the clocks skip runs when they have moved on; one they repeat runs the first time only.
    """
    if schedule.daily_at is None:
        step = timedelta(minutes=schedule.every_minutes or 1)
        since = min(schedule.next_due_at or after, after)
        return since + step * ((after - since) // step + 1)
    day = clock.day_of(after)
    while True:
        due = _local(day, schedule.daily_at)
        if due > after:
            return due
        day += timedelta(days=1)


def tick(*, now: datetime) -> list[str]:
    """Start what is due and return the keys started. Safe to call from many processes at once."""
    due = Schedule.objects.filter(is_on=True, next_due_at__lte=now).order_by("next_due_at")
    return [schedule.key for schedule in due if _start(schedule, now)]


def last_result(schedule: Schedule) -> str:
    """How its last job ended: `waiting`, `running`, `done`, `failed`, or '' when nothing is known any more."""
    words = {"READY": "waiting", "RUNNING": "running", "SUCCESSFUL": "done", "FAILED": "failed"}
    return words.get(_status(schedule.last_job), "")


def _start(schedule: Schedule, now: datetime) -> bool:
    with transaction.atomic():
        claimed = Schedule.objects.filter(pk=schedule.pk, is_on=True, next_due_at=schedule.next_due_at)
        if not claimed.update(next_due_at=next_due(schedule, now)):
            return False  # another scheduler was faster
        if _status(schedule.last_job) in UNFINISHED:
            return False  # the last one still runs: this turn is left out, not piled up
        failpoint("schedule.claimed")
        job = import_string(schedule.task_path).enqueue()
        Schedule.objects.filter(pk=schedule.pk).update(last_started_at=now, last_job=UUID(job.id))
    failpoint("schedule.started")
    return True


def _status(job: UUID | None) -> str:
    return DBTaskResult.objects.filter(pk=job).values_list("status", flat=True).first() or "" if job else ""


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, clock.zone()).astimezone(UTC)
