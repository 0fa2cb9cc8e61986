"""What a file is written in: found out by reading it once, before anything else is done with it."""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

from firstwin.core.errors import Refused

_CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True)
class Look:
    """What one pass over a file tells: its digest, how to decode it, and whether some bytes will not decode."""

    path: Path
    size: int
    sha256: str
    encoding: str
    is_lossy: bool
    warnings: tuple[str, ...] = ()


def look(path: Path, encoding: str = "auto") -> Look:
    """Read the whole file once, in bounded memory. Raises Refused when it cannot be read or is empty."""
    head = b""
    size = 0
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            head = file.read(_CHUNK)
            named = _codec(encoding) if encoding != "auto" else _guess(head)
            strict = codecs.getincrementaldecoder(named)("strict")
            is_valid = True
            chunk = head
            while chunk:
                size += len(chunk)
                digest.update(chunk)
                is_valid = is_valid and _decodes(strict, chunk)
                chunk = file.read(_CHUNK)
            is_valid = is_valid and _decodes(strict, b"", final=True)
    except OSError as problem:
        raise Refused(f"{path.name} cannot be read: {problem.strerror}.") from None
    if not size:
        raise Refused(f"{path.name} is empty.")
    warnings: list[str] = []
    if encoding == "auto" and named == "utf-8" and not is_valid:
        named = "cp1252"
        warnings.append("The file is not UTF-8; it was read as Windows-1252. Check letters with accents.")
        is_valid = _all_decode(path, named)
    if not is_valid:
        warnings.append(f"Some bytes are no text in {named}; the rows that hold them are rejected.")
    return Look(path, size, digest.hexdigest(), named, not is_valid, tuple(warnings))


def look_at_bytes(path: Path, warnings: tuple[str, ...] = ()) -> Look:
    """As `look`, for formats that are no text."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Look(path, path.stat().st_size, digest, "", False, warnings)


def _codec(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise Refused(f"There is no encoding called {name!r}. Write utf-8, utf-16 or cp1252.") from None


def _guess(head: bytes) -> str:
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    sample = head[:4_096]
    # Without a mark, UTF-16 shows as a NUL in every other byte of western text.
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        every_other = sample[offset::2]
        if len(every_other) > 3 and every_other.count(0) > 0.6 * len(every_other):
            return name
    return "utf-8"


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _all_decode(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if not _decodes(decoder, chunk):
                return False
    return _decodes(decoder, b"", final=True)
