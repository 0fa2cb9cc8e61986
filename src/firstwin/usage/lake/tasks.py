"""What is done to the lake by schedule."""

from typing import Any

from firstwin.core import clock
from firstwin.core.jobs import register_schedule, task

PATIENCE = 30.0
"""Seconds a job waits while somebody else puts the lake in order."""


@task()
def sweep_lake() -> int:
    """Files that nobody needs any more go. How many went; none while others keep working on the lake."""
    from firstwin.usage.lake.lease import Busy
    from firstwin.usage.lake.sweep import sweep

    try:
        return sweep(clock.now(), wait=PATIENCE)
    except Busy:  # it comes again in an hour
        return 0


@task()
def apply_retention() -> int:
    """Events older than the operator wants to keep go. How many went."""
    from firstwin.usage.lake.retention import apply

    return apply(clock.now(), wait=PATIENCE)


@task()
def rebuild_rollups() -> bool:
    """Roll-ups are made again when event names mean something else. Whether they were."""
    from firstwin.usage.lake.rebuild import rebuild_when_due

    return rebuild_when_due(clock.now())


def register_schedules() -> None:
    schedules: tuple[tuple[str, Any, str, dict[str, Any]], ...] = (
        ("usage.lake.rebuild", rebuild_rollups, "Count usage again when event names mean something else", {"every": 2}),
        ("usage.lake.retention", apply_retention, "Delete events that are too old", {"daily_at": "02:20"}),
        ("usage.lake.sweep", sweep_lake, "Delete files of the lake that nobody needs", {"every": 60}),
    )
    for key, job, label, rhythm in schedules:
        register_schedule(key, job, label, **rhythm)
