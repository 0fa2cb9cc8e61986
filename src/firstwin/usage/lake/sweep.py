"""Files that no reader needs any more: those others stand for, and those that were never catalogued."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from firstwin.core.backup.folders import may_delete_files
from firstwin.core.failpoints import failpoint
from firstwin.usage.lake import home, lease
from firstwin.usage.lake.schema import SCHEMAS
from firstwin.usage.store.models import Piece

KEPT = timedelta(hours=1)
"""So long a reader, or a backup, may go on with the list of files it began with; and work on a file may take."""


def sweep(now: datetime, *, wait: float = 0.0) -> int:
    """Delete them. How many files went: none while a backup copies. Raises Busy where others still work on the lake
    after `wait` seconds."""
    with lease.alone(lease.ORDERING, now=now, wait=wait), may_delete_files(home.folder().parent) as may_delete:
        return _sweep_retired(now) + _sweep_unknown(now) if may_delete else 0


def _sweep_retired(now: datetime) -> int:
    retired = list(Piece.objects.filter(retired_at__lt=now - KEPT))
    for piece in retired:
        home.path_of(piece.name).unlink(missing_ok=True)
    failpoint("lake.sweep.unlinked")
    for start in range(0, len(retired), 500):
        Piece.objects.filter(pk__in=[piece.pk for piece in retired[start : start + 500]]).delete()
    return len(retired)


def _sweep_unknown(now: datetime) -> int:
    # The files are listed first: one that is catalogued in between is then known.
    found = {path for table in SCHEMAS for path in _old_files(home.folder() / table, now)}
    known = set(Piece.objects.values_list("name", flat=True)) if found else set()
    unknown = [path for path in found if path.relative_to(home.folder()).as_posix() not in known]
    unknown += _old_files(home.folder() / home.MAKING, now)
    for path in unknown:
        path.unlink(missing_ok=True)
    for path in _old_files(home.spill(), now):
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    return len(unknown)


def _old_files(folder: Path, now: datetime) -> Iterator[Path]:
    oldest = (now - KEPT).timestamp()
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            if path.stat().st_mtime < oldest:
                yield path
        except FileNotFoundError:
            continue  # a query that ended took its own away
