"""Whether a backup is whole, and whether this code can take it. Nothing is written."""

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from firstwin import __version__
from firstwin.core.backup.folders import is_safe, sum_of
from firstwin.core.backup.lines import sums_of
from firstwin.core.backup.manifest import SECRET, Manifest, Stored, read_manifest
from firstwin.core.backup.tables import replaced
from firstwin.core.errors import Refused
from firstwin.core.progress import Progress
from firstwin.core.text import counted

_SHOWN = 10


def check_backup(folder: Path, progress: Progress) -> Manifest:
    """Read a backup through. Raises Refused naming every file that is missing or not what it was."""
    if not folder.is_dir():
        raise Refused(f"{folder} is not a folder. A backup is the folder that `firstwin backup` made.")
    manifest = read_manifest(folder)
    progress.say("Checking the backup")
    problems = list(_problems(folder, manifest, progress))
    if problems:
        more = f" … and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise Refused(f"The backup is damaged: {'; '.join(problems[:_SHOWN])}{more}. Nothing was restored.")
    return manifest


def refuse_misfit(manifest: Manifest) -> None:
    """Raises Refused unless this code, in this environment, can take it."""
    loader = MigrationLoader(connection)
    unknown = sorted(set(manifest.migrations) - set(loader.disk_migrations) - replaced(loader))
    if unknown:
        app, name = unknown[0]
        raise Refused(
            f"The backup is newer than this version: it was made by {manifest.version} and has {app}.{name} "
            f"({counted(len(unknown), 'step')} unknown here); this is {__version__}. Restore it with a version "
            "that is not older than the one that made it."
        )
    for name, theirs, ours in (
        ("FIRSTWIN_TIME_ZONE", manifest.time_zone, settings.TIME_ZONE),
        ("FIRSTWIN_CURRENCY", manifest.currency, settings.FIRSTWIN_CURRENCY),
    ):
        if theirs != ours:
            raise Refused(
                f"The backup was made with {name}={theirs}, and here it is {ours}: days and amounts would come out "
                f"different. Set {name}={theirs} and restore again."
            )


def _problems(folder: Path, manifest: Manifest, progress: Progress) -> Iterator[str]:
    for stored in progress.over(manifest.stored):
        yield from _table_problems(folder, stored)
    for kept in progress.over(manifest.files):
        if not is_safe(kept.path):
            yield f"{kept.path} lies outside of the folders a backup may hold"
        elif not (folder / kept.path).is_file():
            yield f"{kept.path} is missing"
        elif sum_of(folder / kept.path) != (kept.size, kept.sha256):
            yield f"{kept.path} was changed or cut short"
    if manifest.secret:
        key = folder / SECRET
        if not key.is_file() or hashlib.sha256(key.read_bytes()).hexdigest() != manifest.secret:
            yield f"{SECRET} is missing or was changed"


def _table_problems(folder: Path, stored: Stored) -> Iterator[str]:
    path = folder / stored.file
    if stored.file != f"tables/{stored.table.name}.jsonl.gz" or not path.is_file():
        yield f"{stored.file} is missing"
        return
    try:
        found = sums_of(path)
    except (zlib.error, EOFError, OSError) as problem:
        yield f"{stored.file} was changed or cut short ({problem})"
        return
    if found != stored.sums:
        yield f"{stored.file} was changed: {found.rows:,} rows where {stored.sums.rows:,} were written"
