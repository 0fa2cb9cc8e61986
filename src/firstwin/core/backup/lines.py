"""Rows as lines: one JSON array a row, compressed, counted, and summed twice (the file, and what it says)."""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

CHUNK = 1 << 18

# ASCII only, keys in order: the same row gives the same bytes from whichever database.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True)
class Sums:
    """sha256: of the file.  digest: of the lines in it."""

    rows: int
    size: int
    sha256: str
    digest: str


class _Summed:
    """A file to write into that sums what passes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._sum, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._sum.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def sha256(self) -> str:
        return self._sum.hexdigest()


def line_of(row: list[Any]) -> bytes:
    return _encode(row).encode() + b"\n"


def write_lines(path: Path, rows: Iterable[list[Any]], passed: Callable[[int], None]) -> Sums:
    """Write and flush to disk. passed: told how many rows are done since it was told last."""
    digest, count = hashlib.sha256(), 0
    with path.open("wb") as file:
        summed: Any = _Summed(file)
        with gzip.GzipFile("", "wb", 4, summed, mtime=0) as packed:
            for many, data in _chunks(map(line_of, rows)):
                digest.update(data)
                packed.write(data)
                count += many
                passed(many)
        file.flush()
        os.fsync(file.fileno())
    return Sums(count, summed.size, summed.sha256, digest.hexdigest())


def digest_of(rows: Iterable[list[Any]]) -> tuple[int, str]:
    """(how many, digest of their lines), as if they had been written."""
    return sum_lines(map(line_of, rows))


def sum_lines(lines: Iterable[bytes]) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    for many, data in _chunks(lines):
        digest.update(data)
        count += many
    return count, digest.hexdigest()


def read_lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as file:
        yield from file


def row_of(line: bytes) -> list[Any]:
    row: list[Any] = json.loads(line)
    return row


def sums_of(path: Path) -> Sums:
    """Read a file of lines through. Raises zlib.error or EOFError where it cannot be unpacked."""
    whole, digest, rows, size = hashlib.sha256(), hashlib.sha256(), 0, 0
    unpack = zlib.decompressobj(wbits=31)
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            whole.update(data)
            size += len(data)
            while data:
                text = unpack.decompress(data, CHUNK * 4)
                digest.update(text)
                rows += text.count(b"\n")
                data = unpack.unconsumed_tail
    if not unpack.eof:
        raise EOFError("it ends too early")
    return Sums(rows, size, whole.hexdigest(), digest.hexdigest())


def _chunks(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= CHUNK:
            yield len(held), b"".join(held)
            held, size = [], 0
    if held:
        yield len(held), b"".join(held)
