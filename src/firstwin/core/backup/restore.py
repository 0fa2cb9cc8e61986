"""Bring a backup back into an empty installation. Until the last transaction it bears a mark: nothing starts on it."""

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor

from firstwin.core.backup import after, marker
from firstwin.core.backup.check import check_backup, refuse_misfit
from firstwin.core.backup.databases import are_empty, databases, stands_in
from firstwin.core.backup.folders import copy_file, folders, sync_folder, sync_folders
from firstwin.core.backup.lines import digest_of, read_lines, sum_lines
from firstwin.core.backup.loaders import Loader, loader, loading
from firstwin.core.backup.manifest import SECRET, Manifest, Stored
from firstwin.core.backup.readers import reader_of
from firstwin.core.backup.wipe import wipe
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.progress import Progress


@dataclass(frozen=True)
class Restored:
    """told: sentences for whoever restored.  rounded: tables whose decimals this database holds less exactly."""

    manifest: Manifest
    told: tuple[str, ...]
    rounded: tuple[str, ...]


def restore_backup(*, path: Path, now: datetime, progress: Progress) -> Restored:
    """Make this empty installation what the backup at `path` shows. Raises Refused, having changed nothing, when the
    backup is damaged, does not fit, or the installation is not empty."""
    manifest = check_backup(path, progress)
    refuse_misfit(manifest)
    home = Path(settings.ENV.home)
    _make_room(manifest, home)
    marker.begin(str(path), now)
    failpoint("restore.marked")
    progress.say("Making tables")
    _migrate_to(manifest)
    failpoint("restore.migrated")
    rounded = _load(manifest, path, progress)
    failpoint("restore.loaded")
    _restore_files(manifest, path, home, progress)
    told = _restore_secret(manifest, path, home)
    failpoint("restore.files")
    progress.say("Bringing tables up to date")
    call_command("migrate", verbosity=0)
    failpoint("restore.migrated_forward")
    source = after.Restore(str(path), manifest.made_at, manifest.version, manifest.engine, manifest.rows)
    with transaction.atomic():
        told += after.run_all(source, now)
        marker.end()
        failpoint("restore.before_commit")
    failpoint("restore.after_commit")
    for connection in databases():
        loader(connection).take_stock()
    return Restored(manifest, tuple(told), tuple(rounded))


def _make_room(manifest: Manifest, home: Path) -> None:
    if marker.unfinished() is not None:
        # While the mark still says that they are ours: an empty database beside full folders would be refused.
        for folder in {*manifest.folders, *folders()}:
            shutil.rmtree(home / folder, ignore_errors=True)
        wipe()
        failpoint("restore.wiped")
        return
    if not are_empty():
        raise Refused(
            "There is an installation here already, and a backup is only restored into an empty one. Name a new "
            "folder in FIRSTWIN_HOME or a new, empty database in FIRSTWIN_DATABASE_URL; do not run `firstwin "
            "migrate` first."
        )
    for folder in manifest.folders:
        if (home / folder).is_dir() and any((home / folder).iterdir()):
            raise Refused(f"{home / folder} is not empty. Restore into a home without files of another installation.")


def _migrate_to(manifest: Manifest) -> None:
    """Make the tables as they were when the backup was made."""
    wanted = set(manifest.migrations)
    for connection in reversed(databases()):
        executor = MigrationExecutor(connection)
        full = executor.migration_plan(executor.loader.graph.leaf_nodes())
        plan = [step for step in full if (step[0].app_label, step[0].name) in wanted]
        if connection.alias != "default":
            plan = [step for step in plan if stands_in(step[0].app_label, connection)]
        executor.migrate([], plan=plan)


def _load(manifest: Manifest, folder: Path, progress: Progress) -> list[str]:
    rounded: list[str] = []
    left = {stored.table.name: stored for stored in manifest.stored}
    for connection in databases():
        here = reader_of(connection).table_names()
        mine = [left.pop(name) for name in sorted(left) if name in here]
        with loading(connection) as into:
            rounded += _load_into(into, mine, folder, progress)
    if left:
        raise Refused(f"No database of this installation has a table {min(left)}.")
    return rounded


def _load_into(into: Loader, tables: Sequence[Stored], folder: Path, progress: Progress) -> Iterator[str]:
    """Fill the tables of one database. The names of those that it holds less exactly than the backup."""
    into.empty([stored.table for stored in tables])
    for stored in tables:
        progress.say(f"Restoring {stored.table.name}")
        if _load_table(into, stored, folder, progress):
            yield stored.table.name
        failpoint("restore.table")
    progress.say("Checking what was restored")
    into.check_references()
    for stored in tables:
        into.count_on(stored)
    failpoint("restore.before_load_commit")


def _load_table(into: Loader, stored: Stored, folder: Path, progress: Progress) -> bool:
    """Store one table and read it back. Whether the database holds it less exactly than the backup."""
    table = stored.table
    path = folder / stored.file
    into.fill(table, progress.over(read_lines(path)))
    found = digest_of(reader_of(into.connection).rows(table))
    if found == (stored.sums.rows, stored.sums.digest):
        return False
    if found != _digest_as_held(into, stored, path):
        raise Refused(
            f"{table.name} reads back differently: {found[0]:,} rows of {stored.sums.rows:,}, or other values in them."
        )
    return True


def _digest_as_held(into: Loader, stored: Stored, path: Path) -> tuple[int, str]:
    return sum_lines(into.held(stored.table, line) for line in read_lines(path))


def _restore_files(manifest: Manifest, folder: Path, home: Path, progress: Progress) -> None:
    """Each folder under another name, then renamed: an upload is never seen half-written."""
    progress.say("Restoring files")
    for name in manifest.folders:
        making = home / f".restoring-{name}"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        for kept in progress.over(kept for kept in manifest.files if kept.path.startswith(f"{name}/")):
            copied = copy_file(folder / kept.path, making / kept.path.removeprefix(f"{name}/"), kept.path)
            if copied != kept:
                raise Refused(f"{kept.path} changed while it was restored.")
        sync_folders(making)
        shutil.rmtree(home / name, ignore_errors=True)
        making.rename(home / name)
        failpoint("restore.folder")
    sync_folder(home)


def _restore_secret(manifest: Manifest, folder: Path, home: Path) -> list[str]:
    """Put the key back where the environment does not name one."""
    if not manifest.secret:
        return [
            "The backup has no secret key. Set FIRSTWIN_SECRET_KEY to the old one (or copy `secret_key` into the "
            "home): without it two-step sign-in, open sessions and mailed links do not work, and imports take every "
            "row for a changed one."
        ]
    key = (folder / SECRET).read_text()
    if os.environ.get("FIRSTWIN_SECRET_KEY"):
        same = os.environ["FIRSTWIN_SECRET_KEY"] == key
        return [] if same else ["FIRSTWIN_SECRET_KEY is not the key of the backup; the environment's is used."]
    making = home / ".restoring-secret_key"
    making.unlink(missing_ok=True)
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    making.replace(home / "secret_key")
    settings.SECRET_KEY = key  # what is checked afterwards is checked with it
    return []
