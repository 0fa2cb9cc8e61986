"""What imports need without anybody asking: going on after a crash, and clearing away what is of no more use."""

import shutil
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce

from firstwin.connectors import stage
from firstwin.connectors.hold import SILENT_AFTER
from firstwin.connectors.models import ImportRun, RowChange, State
from firstwin.connectors.models.run import UNDO_FOR
from firstwin.connectors.tasks import import_task, undo_task
from firstwin.core.jobs import enqueue_once

_AT_ONCE = 5_000
_LEFT_OVER_AFTER = timedelta(days=1)


def take_up_interrupted(*, now: datetime) -> int:
    """Let the worker go on with runs nobody has been at for two minutes."""
    waiting = ImportRun.objects.filter(started_at__lt=now - SILENT_AFTER).silent_since(now - SILENT_AFTER)
    found = waiting.order_by("pk").values_list("pk", "state")
    return sum(enqueue_once(undo_task if state == State.UNDOING else import_task, pk) for pk, state in found)


def clear_old_stages(*, now: datetime) -> int:
    """Files, faults and journals of runs that can no longer be undone. Rejected rows stay until somebody takes them
    away. Dry runs and undone runs need their files no longer than a day.
    """
    ended = ImportRun.objects.filter(stage_gone_at=None).annotate(
        ended_at=Coalesce("undone_at", "finished_at", "beat_at", F("started_at"))
    )
    over = [State.FINISHED, State.FAILED, State.STOPPED, State.UNDONE]
    old = ended.filter(state__in=over, ended_at__lt=now - UNDO_FOR) | ended.filter(
        state__in=over, is_dry_run=True, ended_at__lt=now - _LEFT_OVER_AFTER
    )
    runs = list(old.order_by("pk"))
    for run in runs:
        _clear(run, now)
    for left in stage.leftovers():
        if now.timestamp() - left.stat().st_mtime > _LEFT_OVER_AFTER.total_seconds():
            shutil.rmtree(left, ignore_errors=True)
    return len(runs)


def _clear(run: ImportRun, now: datetime) -> None:
    while ids := list(RowChange.objects.filter(run=run.pk).values_list("pk", flat=True)[:_AT_ONCE]):
        RowChange.objects.filter(pk__in=ids).delete()
    stage.clear(run.stage)
    files = [{key: value for key, value in file.items() if key != "faults"} for file in run.files]
    ImportRun.objects.filter(pk=run.pk).update(stage_gone_at=now, files=files)
