"""Immutable files: written under another name, flushed, renamed, the folder flushed. A catalogue row comes after."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from firstwin.core.backup.folders import sum_of, sync_folder
from firstwin.core.errors import FirstwinError
from firstwin.core.failpoints import failpoint
from firstwin.usage.lake import home
from firstwin.usage.lake.schema import BLOCK, SCHEMAS
from firstwin.usage.store.models import Piece

ROW_GROUP = 1 << 15
"""Rows are sorted by place, and a group tells which places stand in it: one customer reads one or two groups."""

_AS_WORDS = ["place", "feature", "what", "source", "day", "known_on", "product", "block", "run", "props", "count"]
_AS_STEPS = {"ts": "DELTA_BINARY_PACKED", "received": "DELTA_BINARY_PACKED", "first_ts": "DELTA_BINARY_PACKED",
             "last_ts": "DELTA_BINARY_PACKED", "line": "DELTA_BINARY_PACKED"}  # fmt: skip


class Damaged(FirstwinError):
    """A file of the lake is missing, or is not what was written. The sentence names it."""


@dataclass(frozen=True)
class Written:
    """A file that stands, and is part of nothing until the catalogue says so."""

    table: str
    name: str
    level: int
    rows: int
    size: int
    sha256: str
    day_from: int
    day_to: int

    @property
    def path(self) -> Path:
        return home.path_of(self.name)


def write_piece(table_name: str, rows: Any, level: int = 0) -> Written:
    """Write a table, or a stream of record batches, of the schema of `table_name` and sorted as it says.

    Raises OSError (a full disk) and leaves nothing behind then.
    """
    days = _Days(table_name)
    with making(table_name, "parquet") as (file, name):
        summed = _Summed(file)
        schema = SCHEMAS[table_name]
        count = 0
        with _writer(summed, schema) as writer:
            for part in _parts(rows, schema):
                writer.write_table(part, ROW_GROUP)
                days.see(part)
                count += part.num_rows
    return Written(table_name, name, level, count, summed.size, summed.sha256, *days.span())


@contextmanager
def making(table_name: str, ending: str) -> Iterator[tuple[BinaryIO, str]]:
    """(a file to write, the name it will have). When the block ends well it stands there and survives a power cut."""
    name = f"{table_name}/{uuid4().hex}.{ending}"
    path = home.path_of(name)
    unfinished = home.folder() / home.MAKING / path.name
    for folder in (unfinished.parent, path.parent):
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync_folder(folder.parent)
    try:
        with unfinished.open("w+b") as file:
            yield file, name
            file.flush()
            os.fsync(file.fileno())
        failpoint("lake.file.before_rename")
        unfinished.rename(path)
        failpoint("lake.file.after_rename")
        sync_folder(path.parent)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


class Stored(Protocol):
    """What a piece of the catalogue says of its file."""

    @property
    def name(self) -> str: ...
    @property
    def size(self) -> int: ...


def check_there(piece: Stored) -> Path:
    """The path of a piece. Raises Damaged unless the file is there with its whole length."""
    return Path(checked(str(home.folder()), piece))


def checked(folder: str, piece: Stored) -> str:
    """The same as text below `folder`, for those who ask about hundreds at once."""
    path = f"{folder}/{piece.name}"
    try:
        size = os.stat(path).st_size  # noqa: PTH116 - see above
    except FileNotFoundError:
        raise Damaged(f"The file {home.FOLDER}/{piece.name} is missing. {_WHAT_THEN}") from None
    if size != piece.size:
        raise Damaged(
            f"The file {home.FOLDER}/{piece.name} was cut short or changed: {size:,} bytes instead of "
            f"{piece.size:,}. {_WHAT_THEN}"
        )
    return path


@lru_cache(maxsize=20_000)
def smallest_place(name: str) -> int:
    """Of the rows of a Parquet piece, as its groups tell it; 0 where they do not. Files never change."""
    about = pq.read_metadata(home.path_of(name))
    column = about.schema.names.index("place")
    told = [about.row_group(group).column(column).statistics for group in range(about.num_row_groups)]
    return min((stats.min if stats is not None and stats.has_min_max else 0 for stats in told), default=0)


def check_sum(piece: Piece) -> None:
    """Raises Damaged unless every byte is as it was written."""
    if sum_of(check_there(piece))[1] != piece.sha256:
        raise Damaged(f"The file {home.FOLDER}/{piece.name} was changed since it was written. {_WHAT_THEN}")


_WHAT_THEN = "Bring it back from a backup; `firstwin verify` says what else is wrong."


class _Summed:
    """A file to write into that sums what passes."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._sum, self.size = file, hashlib.sha256(), 0

    def write(self, data: Any) -> int:
        self._sum.update(data)
        self.size += len(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self.size

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        """Whoever opened the file closes it."""

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()


class _Days:
    """The first and last day of the rows that passed."""

    def __init__(self, table_name: str) -> None:
        self._is_block = "block" in SCHEMAS[table_name].names
        self._column = "block" if self._is_block else "day"
        self._seen: list[int] = []

    def see(self, part: Any) -> None:
        if part.num_rows:
            found = pc.min_max(part.column(self._column)).as_py()
            self._seen += [found["min"], found["max"]]

    def span(self) -> tuple[int, int]:
        low, high = (min(self._seen), max(self._seen)) if self._seen else (0, 0)
        return (low * BLOCK, high * BLOCK + BLOCK - 1) if self._is_block else (low, high)


def _parts(rows: Any, schema: Any) -> Iterator[Any]:
    if isinstance(rows, pa.Table):
        yield rows if rows.schema.equals(schema) else rows.select(schema.names).cast(schema)
        return
    for batch in rows:
        part = pa.Table.from_batches([batch])
        yield part if part.schema.equals(schema) else part.select(schema.names).cast(schema)


def _writer(file: Any, schema: Any) -> Any:
    return pq.ParquetWriter(
        file,
        schema,
        compression="zstd",
        use_dictionary=[name for name in _AS_WORDS if name in schema.names],
        column_encoding={name: way for name, way in _AS_STEPS.items() if name in schema.names},
        store_schema=False,
    )
