"""Where a backup stands. It is made under another name and renamed when it is whole: one that exists is whole."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from firstwin.core.backup.folders import sync_folder, sync_folders
from firstwin.core.backup.manifest import NAME
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint

_UNFINISHED, _LOCK = ".unfinished-", ".lock"


def default_place(home: Path, now: datetime) -> Path:
    """`backups/2026-11-22T031500Z`: names that sort by time, whatever the clock's zone."""
    return home / "backups" / f"{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"


@contextmanager
def in_the_making(path: Path) -> Iterator[Path]:
    """A folder to write the backup into, which becomes `path` when the block ends well. Raises Refused when taken."""
    if path.exists():
        raise Refused(f"{path} is there already. Name a place that is not.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone_in(path.parent):
        for left in path.parent.glob(f"{_UNFINISHED}*"):  # by backups that were killed: no other one is running
            shutil.rmtree(left)
        unfinished = path.parent / f"{_UNFINISHED}{path.name}"
        unfinished.mkdir(mode=0o700)
        try:
            yield unfinished
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        sync_folders(unfinished)
        failpoint("backup.before_rename")
        unfinished.rename(path)
        failpoint("backup.after_rename")
        sync_folder(path.parent)


def keep_newest(folder: Path, count: int) -> list[str]:
    """Remove all but the `count` newest backups in `folder` that carry a date as their name. The names removed."""
    with _alone_in(folder):
        found = sorted(path for path in folder.iterdir() if _is_dated(path.name) and (path / NAME).is_file())
        old = found[: max(0, len(found) - count)]
        for path in old:
            # Renamed first: a removal that is killed half-way leaves nothing that looks like a backup.
            going = path.with_name(f"{_UNFINISHED}{path.name}")
            path.rename(going)
            failpoint("backup.removing")
            shutil.rmtree(going)
    return [path.name for path in old]


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused(f"Another backup into {folder} is being made at this moment.") from None
    finally:
        os.close(lock)


def _is_dated(name: str) -> bool:
    try:
        datetime.strptime(name, "%Y-%m-%dT%H%M%SZ")  # noqa: DTZ007 - only whether it is one
    except ValueError:
        return False
    return True
