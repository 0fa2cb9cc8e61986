"""Files beside the database. Rooms register the folders of the home that hold what the rows refer to."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from firstwin.core.backup.lines import CHUNK

UPLOADS = "files"

_folders = [UPLOADS]


@dataclass(frozen=True)
class Kept:
    """path: from the home, with slashes."""

    path: str
    size: int
    sha256: str


def register_folder(name: str) -> None:
    """Take a folder of the home into backups. Its files must be kept for as long as rows refer to them."""
    if name not in _folders:
        _folders.append(name)


def folders() -> list[str]:
    return [*_folders]


@contextmanager
def keeping_files(home: Path) -> Iterator[None]:
    """While this lasts, `may_delete_files` is false: a backup copies what its snapshot of the rows refers to."""
    with _locked(home, fcntl.LOCK_SH):
        yield


@contextmanager
def may_delete_files(home: Path) -> Iterator[bool]:
    """Whether no backup is copying files at this moment; while the block lasts none begins to."""
    try:
        with _locked(home, fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield True
    except BlockingIOError:
        yield False


@contextmanager
def _locked(home: Path, how: int) -> Iterator[None]:
    lock = os.open(home / ".files-lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, how)
        yield
    finally:
        os.close(lock)


def copy_all(home: Path, into: Path) -> Iterator[Kept]:
    """Copy every registered folder. A file deleted meanwhile is left out: the rows say whether one is missed."""
    for folder in _folders:
        for source in _files(home / folder):
            path = source.relative_to(home).as_posix()
            try:
                yield copy_file(source, into / path, path)
            except FileNotFoundError:
                continue


def copy_file(source: Path, target: Path, path: str) -> Kept:
    """Copy one file, flushed to disk, summing what was really copied."""
    with source.open("rb") as file:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as copy:
            size, sha256 = _pass_on(file, copy)
            copy.flush()
            os.fsync(copy.fileno())
    return Kept(path, size, sha256)


def sum_of(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return _pass_on(file, None)


def is_safe(path: str) -> bool:
    """Whether a path that a backup names stays within a registered folder."""
    parts = PurePosixPath(path).parts
    return len(parts) > 1 and parts[0] in _folders and ".." not in parts and "\\" not in path and "\0" not in path


def sync_folders(root: Path) -> None:
    """Flush the names of everything below `root` to disk."""
    for folder, _, _ in os.walk(root):
        sync_folder(Path(folder))


def sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _files(root: Path) -> Iterator[Path]:
    for folder, below, names in os.walk(root):
        below[:] = sorted(name for name in below if not name.startswith("."))  # the others are still being filled
        for name in sorted(names):
            path = Path(folder) / name
            if path.is_file() and not path.is_symlink():
                yield path


def _pass_on(file: BinaryIO, copy: BinaryIO | None) -> tuple[int, str]:
    summed, size = hashlib.sha256(), 0
    while data := file.read(CHUNK):
        summed.update(data)
        size += len(data)
        if copy is not None:
            copy.write(data)
    return size, summed.hexdigest()
