"""Make a backup: one snapshot of the database, then the files, then what it says about itself, then its name."""

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from firstwin import __version__
from firstwin.core.backup.databases import databases, snapshots, stands_in
from firstwin.core.backup.folders import UPLOADS, Kept, copy_all, folders, keeping_files
from firstwin.core.backup.lines import write_lines
from firstwin.core.backup.manifest import SECRET, Manifest, Stored, write_manifest
from firstwin.core.backup.marker import refuse_unfinished
from firstwin.core.backup.place import in_the_making
from firstwin.core.backup.readers import Reader
from firstwin.core.backup.tables import Table, known_apart, tables_now
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.progress import Progress


def take_backup(*, path: Path, now: datetime, has_secret: bool, progress: Progress) -> Manifest:
    """Back this installation up to `path`, which must not exist. Nobody who is working waits for it."""
    refuse_unfinished()
    tables = {connection.alias: tables_now(connection) for connection in databases()}
    if not any(tables.values()):
        raise Refused("There is nothing to back up: the database is empty.")
    home = Path(settings.ENV.home)
    with in_the_making(path) as folder:
        with keeping_files(home), snapshots() as readers:
            failpoint("backup.snapshot")
            # At once after the moment of the snapshot: what its rows refer to may be deleted while they are written.
            files = tuple(progress.over(copy_all(home, folder)))
            failpoint("backup.files")
            named: set[str] = set()
            each = [(reader, table) for connection, reader in readers for table in tables[connection.alias]]
            each.sort(key=lambda pair: pair[1].name)
            stored = tuple(_store(reader, table, folder, named, progress) for reader, table in each)
            migrations = tuple(_migrations(readers))
            names = {name for _, reader in readers for name in reader.table_names()}
            left_out = names - {table.name for _, table in each} - known_apart()
        manifest = Manifest(
            made_at=now,
            version=__version__,
            engine=readers[-1][0].vendor,
            time_zone=settings.TIME_ZONE,
            currency=settings.FIRSTWIN_CURRENCY,
            migrations=migrations,
            stored=stored,
            files=files,
            missed=_missed(named, files),
            left_out=tuple(sorted(left_out)),
            secret=_keep_secret(folder) if has_secret else "",
            folders=tuple(folders()),
        )
        write_manifest(manifest, folder)
        failpoint("backup.manifest")
    return manifest


def _migrations(readers: list[tuple[BaseDatabaseWrapper, Reader]]) -> Iterator[tuple[str, str]]:
    """Those applied, of each app in the database where its tables stand."""
    for connection, reader in reversed(readers):
        yield from (name for name in reader.migrations() if stands_in(name[0], connection))


def _store(reader: Reader, table: Table, folder: Path, named: set[str], progress: Progress) -> Stored:
    progress.say(f"Backing up {table.name}")
    file = f"tables/{table.name}.jsonl.gz"
    (folder / "tables").mkdir(exist_ok=True)
    sums = write_lines(folder / file, _noting_files(reader, table, named), progress.advance)
    failpoint("backup.table")
    return Stored(table, file, sums, reader.next_number(table) if table.counts else None)


def _noting_files(reader: Reader, table: Table, named: set[str]) -> Iterator[list[Any]]:
    places = [place for place, column in enumerate(table.columns) if column.is_file]
    for row in reader.rows(table):
        named.update(row[place] for place in places if row[place])
        yield row


def _missed(named: set[str], files: tuple[Kept, ...]) -> tuple[str, ...]:
    there = {kept.path for kept in files}
    return tuple(sorted(path for name in named if (path := f"{UPLOADS}/{name}") not in there))


def _keep_secret(folder: Path) -> str:
    key = settings.SECRET_KEY.encode()
    with os.fdopen(os.open(folder / SECRET, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(key).hexdigest()
