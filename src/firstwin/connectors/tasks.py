"""Work the connectors do in the background."""

from typing import Any

from firstwin.core import clock
from firstwin.core.jobs import register_schedule, task


@task()
def import_task(run_id: int) -> bool:
    """Take in the files of a run, from wherever it stopped. Whether it came to its end."""
    from firstwin.connectors.actions.run_import import continue_import

    return continue_import(run_id, now=clock.now())


@task()
def undo_task(run_id: int) -> bool:
    """Undo a run, from wherever that stopped. Whether it came to its end."""
    from firstwin.connectors.actions.undo_import import continue_undo

    return continue_undo(run_id, now=clock.now())


@task()
def take_up_interrupted() -> int:
    """Runs whose process died go on from their stage. How many were taken up."""
    from firstwin.connectors.actions.tend_imports import take_up_interrupted

    return take_up_interrupted(now=clock.now())


@task()
def clear_old_stages() -> int:
    """Files and journals of runs that can no longer be undone go. How many runs were cleared."""
    from firstwin.connectors.actions.tend_imports import clear_old_stages

    return clear_old_stages(now=clock.now())


def register_schedules() -> None:
    schedules: tuple[tuple[str, Any, str, dict[str, Any]], ...] = (
        ("connectors.interrupted", take_up_interrupted, "Go on with imports that were cut off", {"every": 1}),
        ("connectors.stages", clear_old_stages, "Clear files of old imports", {"daily_at": "03:40"}),
    )
    for key, job, label, rhythm in schedules:
        register_schedule(key, job, label, **rhythm)
