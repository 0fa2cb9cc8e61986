"""Files sent by a browser: written to disk as they arrive, never held in memory, under names of our own."""

import hashlib
import shutil
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

LARGEST_UPLOAD = 1_000_000_000
"""Bytes, of all files sent at once."""

MOST_FILES = 20
SPARE_DISK = 1 << 28
"""Bytes that stay free on the disk, for the database to go on."""


class KeptUpload(UploadedFile):  # type: ignore[type-arg]
    """A file that is on our disk already. path: where, until an action moves it to its place."""

    def __init__(self, path: Path, name: str, size: int, sha256: str) -> None:
        super().__init__(file=None, name=name, size=size)
        self.path = path
        self.sha256 = sha256

    def close(self) -> None:
        """Nothing is held open."""


class ToDisk(FileUploadHandler):
    """Writes what arrives to the folder for incoming files. is_too_large: whether it stopped for that reason."""

    chunk_size = 1 << 20

    def __init__(self, request: Any = None, *, largest: int = LARGEST_UPLOAD) -> None:
        super().__init__(request)
        self._largest = largest
        self._total = 0
        self._out: Any = None
        self._path: Path | None = None
        self.is_too_large = False
        self.kept: list[KeptUpload] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        folder = incoming_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / f"{uuid.uuid4().hex}.part"
        self._out = self._path.open("wb")
        self._digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._total += len(raw_data)
        if self._total > self._largest:
            self.is_too_large = True
            self.forget()
            raise StopUpload(connection_reset=True)
        self._out.write(raw_data)
        self._digest.update(raw_data)

    def file_complete(self, file_size: int) -> KeptUpload | None:
        if self._path is None:
            return None
        self._out.close()
        kept = KeptUpload(self._path, str(self.file_name or ""), file_size, self._digest.hexdigest())
        self._path, self._out = None, None
        self.kept.append(kept)
        return kept

    def upload_interrupted(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Remove what has arrived so far and was not taken over."""
        if self._out is not None:
            self._out.close()
        for path in [self._path, *(one.path for one in self.kept)]:
            if path is not None:
                path.unlink(missing_ok=True)
        self._path, self._out = None, None
        self.kept = []


def incoming_folder() -> Path:
    return Path(settings.ENV.home) / "imports" / "incoming"


def has_room_for(size: int) -> bool:
    """Whether the disk holds so many bytes twice (the draft's copy and the import's) and still has room to work."""
    home = Path(settings.ENV.home)
    home.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(home).free > 2 * size + SPARE_DISK
