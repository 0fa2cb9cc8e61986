"""The stage: a durable copy of an import's files, so that a run that was cut off goes on from the same bytes."""

import contextlib
import hashlib
import os
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint

_CHUNK = 1 << 20
COPYING = ".staging-"
"""How folders begin whose files are still being copied."""


@dataclass(frozen=True)
class Staged:
    """name: in the mapping.  file: as its owner calls it."""

    name: str
    file: str
    size: int
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def home() -> Path:
    return Path(settings.ENV.home) / "imports"


def copy_in(files: Mapping[str, Path], called: Mapping[str, str]) -> tuple[Path, list[Staged]]:
    """Copy the files beside the stages, safe on disk. Raises Refused when one cannot be read or there is no room."""
    folder = home() / f"{COPYING}{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True, mode=0o700)
        staged = [_copy(name, path, called.get(name, path.name), folder) for name, path in files.items()]
        _sync(folder)
    except OSError as problem:
        shutil.rmtree(folder, ignore_errors=True)
        at = Path(str(problem.filename)).name if problem.filename else "The data folder"
        raise Refused(f"{at} cannot be read: {problem.strerror}.") from None
    failpoint("stage.copied")
    return folder, staged


def move_in(folder: Path, stage: Path) -> None:
    """Put copied files in their place. What stands there already belongs to a run that never came to be."""
    stage.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if stage.exists():
        shutil.rmtree(stage)
    folder.rename(stage)
    _sync(stage.parent)
    failpoint("stage.moved")


def path_in(stage: Path, name: str) -> Path:
    """Where the file called `name` in the mapping is. Raises Refused when it is gone."""
    found = next(iter((stage / name).glob("*")), None)
    if found is None:
        raise Refused(f"The copy of the file {name!r} is gone: import the file again.")
    return found


def clear(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def leftovers() -> list[Path]:
    """Folders in which files were being copied when that was cut off, a day ago or more, and stages of no run."""
    if not home().is_dir():
        return []
    return [path for path in home().glob(f"{COPYING}*") if path.is_dir()]


def _copy(name: str, path: Path, called: str, folder: Path) -> Staged:
    place = folder / name
    place.mkdir(mode=0o700)
    shown = Path(called).name or name
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, (place / shown).open("xb") as copy:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    _sync(place)
    return Staged(name, shown, size, digest.hexdigest())


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    with contextlib.suppress(OSError):  # some file systems have no such thing
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
