"""What a backup says about itself: `manifest.json`, with its own sum beside it in `manifest.sha256`."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from firstwin.core.backup.folders import Kept
from firstwin.core.backup.lines import Sums
from firstwin.core.backup.tables import Table
from firstwin.core.errors import Refused

FORMAT = 1
NAME, SUM = "manifest.json", "manifest.sha256"
SECRET = "secret_key"  # noqa: S105 - the name of a file


@dataclass(frozen=True)
class Stored:
    """One table in the backup. next_number: what the database's own numbering gives next, None where it does not."""

    table: Table
    file: str
    sums: Sums
    next_number: int | None


@dataclass(frozen=True)
class Manifest:
    """missed: files that rows refer to and that were not there.  secret: the key's sum, '' when it was left out."""

    made_at: datetime
    version: str
    engine: str
    time_zone: str
    currency: str
    migrations: tuple[tuple[str, str], ...]
    stored: tuple[Stored, ...]
    files: tuple[Kept, ...] = ()
    missed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    secret: str = ""
    folders: tuple[str, ...] = field(default=())

    @property
    def rows(self) -> int:
        return sum(stored.sums.rows for stored in self.stored)

    @property
    def size(self) -> int:
        return sum(stored.sums.size for stored in self.stored) + sum(kept.size for kept in self.files)


def write_manifest(manifest: Manifest, folder: Path) -> None:
    text = json.dumps(_plain(manifest), indent=1, ensure_ascii=False).encode()
    _write(folder / NAME, text)
    _write(folder / SUM, f"{hashlib.sha256(text).hexdigest()}  {NAME}\n".encode())


def read_manifest(folder: Path) -> Manifest:
    """Raises Refused when it is not there, was changed, or is of a later format."""
    if not (folder / NAME).is_file():
        raise Refused(f"{folder} is not a backup: there is no {NAME} in it.")
    text = (folder / NAME).read_bytes()
    said = (folder / SUM).read_bytes() if (folder / SUM).is_file() else b""
    if said != f"{hashlib.sha256(text).hexdigest()}  {NAME}\n".encode():
        raise Refused(f"The backup is damaged: {NAME} and {SUM} do not fit together.")
    plain = json.loads(text)
    if plain.get("format") != FORMAT:
        raise Refused(f"The backup is of format {plain.get('format')}; this version reads format {FORMAT}.")
    return _from_plain(plain)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "made_at": manifest.made_at.astimezone(UTC).isoformat(),
        "version": manifest.version,
        "engine": manifest.engine,
        "time_zone": manifest.time_zone,
        "currency": manifest.currency,
        "secret_key": manifest.secret,
        "folders": list(manifest.folders),
        "tables": [
            {**stored.table.as_plain(), "file": stored.file, "next": stored.next_number, **vars(stored.sums)}
            for stored in manifest.stored
        ],
        "files": [vars(kept) for kept in manifest.files],
        "missed": list(manifest.missed),
        "left_out": list(manifest.left_out),
        "migrations": [list(name) for name in manifest.migrations],
    }


def _from_plain(plain: Mapping[str, Any]) -> Manifest:
    return Manifest(
        made_at=datetime.fromisoformat(plain["made_at"]),
        version=plain["version"],
        engine=plain["engine"],
        time_zone=plain["time_zone"],
        currency=plain["currency"],
        migrations=tuple((app, name) for app, name in plain["migrations"]),
        stored=tuple(
            Stored(
                Table.from_plain(told),
                told["file"],
                Sums(told["rows"], told["size"], told["sha256"], told["digest"]),
                told["next"],
            )
            for told in plain["tables"]
        ),
        files=tuple(Kept(**told) for told in plain["files"]),
        missed=tuple(plain["missed"]),
        left_out=tuple(plain["left_out"]),
        secret=plain["secret_key"],
        folders=tuple(plain["folders"]),
    )
