"""Put an import's files safely on disk and write down that it is to be run: from here on it ends complete or undone."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction

from firstwin.connectors import stage
from firstwin.connectors.mapping.read import read_mapping
from firstwin.connectors.models import ImportRun, State
from firstwin.connectors.plan import Ends
from firstwin.connectors.rules import Actor, require_import
from firstwin.connectors.tasks import import_task
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint


def stage_import(
    *,
    by: Actor,
    mapping_text: str,
    mapping_name: str,
    files: Mapping[str, Path],
    is_dry: bool,
    now: datetime,
    called: Mapping[str, str] | None = None,
    source: str | None = None,
    ends: Ends | None = None,
    rejects: Path | None = None,
    is_enqueued: bool = True,
) -> ImportRun:
    """Copy the files and note the run; with `is_enqueued` the worker runs it, otherwise the caller does.

    files: name in the mapping → where it is now.  called: name → as its owner calls it, else as it is called there.
    rejects: the folder for rejected rows, `{run}` in it being the run's number.
    Raises Refused when the mapping does not read, a file is missing or cannot be copied; then nothing is stored.
    """
    require_import(by)
    mapping = read_mapping(mapping_text, source=source).mapping
    if missing := [file.name for file in mapping.files if file.name not in files]:
        raise Refused(f"The file {missing[0]!r} of the mapping is missing.")
    wanted = {file.name: files[file.name] for file in mapping.files}
    folder, staged = stage.copy_in(wanted, called or {})
    try:
        with transaction.atomic():
            run = ImportRun.objects.create(
                source=mapping.source,
                mapping_name=mapping_name[:200],
                mapping_sha256=hashlib.sha256(mapping_text.encode()).hexdigest(),
                mapping_text=mapping_text,
                files=[one.as_dict() for one in staged],
                cursor={"ends": ends} if ends else {},
                state=State.STAGED,
                started_at=now,
                is_dry_run=is_dry,
                by=by,
            )
            run.rejects_in = str(rejects).replace("{run}", str(run.pk)) if rejects else str(run.folder)
            run.save(update_fields=["rejects_in"])
            stage.move_in(folder, run.stage)
            if is_enqueued:
                import_task.enqueue(run.pk)
    except BaseException:
        stage.clear(folder)
        raise
    failpoint("import.opened")
    return run


def stop_import(*, by: Actor, run: ImportRun, now: datetime) -> ImportRun:
    """Stop a run where it is: what was taken in stays until it is resumed or undone."""
    require_import(by)
    ahead = ImportRun.objects.filter(pk=run.pk, state__in=[State.STAGED, State.CHECKING, State.RUNNING])
    if not ahead.update(state=State.STOPPED, holder="", beat_at=now):
        raise Refused("It is not running.")
    run.refresh_from_db()
    return run


def resume_import(*, by: Actor, run: ImportRun, now: datetime) -> ImportRun:
    """Let the worker go on with a run that stopped or failed. Raises Refused when it cannot go on."""
    require_import(by)
    with transaction.atomic():
        waiting = ImportRun.objects.filter(pk=run.pk, state__in=[State.STOPPED, State.FAILED], stage_gone_at=None)
        if not run.stage.is_dir() or not waiting.update(state=State.STAGED, holder="", beat_at=now, problem=""):
            raise Refused("It cannot go on: import the files again.")
        import_task.enqueue(run.pk)
    run.refresh_from_db()
    return run
