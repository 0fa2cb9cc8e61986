"""The physical lines of a text file, block by block, in bounded memory, each with the place behind it.

Where every line break and quote is one ASCII byte, places are byte offsets and lines are cut as bytes, which is fast.
In other encodings (UTF-16) places are counts of lines, and going on means reading past those before.
"""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from firstwin.connectors.files.encoding import Look
from firstwin.connectors.files.table import At, Place

LONGEST_LINE = 4 << 20
"""Bytes (characters, where lines are not cut as bytes). A longer line is nothing anybody wrote; it is reported."""

BLOCK = 1 << 18
_PLAIN = ("utf-8", "ascii", "iso8859-", "cp125", "cp437", "cp850", "koi8-", "mac-")


@dataclass(slots=True)
class Block:
    """number: of its first line, from 1.  text: all of it.  places: behind each line; one per line.

    is_overlong: it is the beginning of one line that is too long to keep.  is_last: nothing follows.
    """

    number: int
    text: str
    places: list[Place]
    is_overlong: bool = False
    is_last: bool = False

    @property
    def lines(self) -> list[str]:
        """Each with its line break: \\n, \\r or \\r\\n."""
        return list(io.StringIO(self.text, newline=""))


def blocks(look: Look, start: Place = 0, at: At | None = None) -> Iterator[Block]:
    """The lines behind place `start`; 0 is the beginning of the file."""
    return _of_bytes(look, start, at) if is_plain(look.encoding) else _of_text(look, start, at)


def is_plain(encoding: str) -> bool:
    return encoding.startswith(_PLAIN)


def _of_bytes(look: Look, start: Place, at: At | None) -> Iterator[Block]:
    codec = "utf-8" if look.encoding == "utf-8-sig" else look.encoding
    with look.path.open("rb") as file:
        number = 1 + _breaks(file, start)
        if not start and look.encoding == "utf-8-sig":
            start = len(codecs.BOM_UTF8)
        file.seek(start)
        kept = b""
        while chunk := file.read(BLOCK):
            data = kept + chunk
            end = _whole(data, b"\n", b"\r")
            if end:
                lines = data[:end].splitlines(keepends=True)  # of bytes: at \n, \r and \r\n only
                places = list(accumulate(map(len, lines), initial=start))[1:]
                yield Block(number, data[:end].decode(codec, "replace"), places)
                start, number = places[-1], number + len(lines)
                if at is not None:
                    at(start)
            kept = data[end:]
            if len(kept) > LONGEST_LINE:
                start += len(kept) + _step_over(file)
                yield Block(number, kept[:LONGEST_LINE].decode(codec, "replace"), [start], is_overlong=True)
                kept, number = b"", number + 1
                file.seek(start)
        lines = kept.splitlines(keepends=True)
        places = list(accumulate(map(len, lines), initial=start))[1:]
        yield Block(number, kept.decode(codec, "replace"), places, is_last=True)


def _of_text(look: Look, start: Place, at: At | None) -> Iterator[Block]:
    with look.path.open(encoding=look.encoding, errors="replace", newline="") as file:
        number, kept = 1, ""
        while chunk := file.read(BLOCK):
            data = kept + chunk
            end = _whole(data, "\n", "\r")
            if end:
                block = _behind(number, data[:end], start)
                number += len(block[1])
                if block[0] is not None:
                    yield block[0]
                if at is not None:
                    at(file.buffer.tell())  # type: ignore[attr-defined]
            kept = data[end:]
            if len(kept) > LONGEST_LINE:
                head, kept = kept[:LONGEST_LINE], _rest(file)
                if number > start:
                    yield Block(number, head, [number], is_overlong=True)
                number += 1
        last = _behind(number, kept, start)[0] or Block(number, "", [])
        last.is_last = True
        yield last


def _behind(number: int, text: str, start: Place) -> tuple[Block | None, list[str]]:
    """A block of the lines of `text` that lie behind `start` (None: there are none), and all its lines."""
    lines = list(io.StringIO(text, newline=""))
    passed = max(start - (number - 1), 0)
    if passed >= len(lines):
        return None, lines
    kept = lines[passed:]
    first = number + passed
    return Block(first, "".join(kept), list(range(first, first + len(kept)))), lines


def _whole(data: Any, newline: Any, carriage: Any) -> int:
    """How much of `data` is whole lines. A carriage return at its end may be half of a line break."""
    end = int(data.rfind(newline)) + 1
    return max(end, int(data.rfind(carriage, 0, len(data) - 1)) + 1)


def _step_over(file: io.BufferedReader) -> int:
    """Bytes up to and with the next line break."""
    skipped = 0
    while chunk := file.read(BLOCK):
        lines = chunk.splitlines(keepends=True)
        if len(lines) > 1 or lines[0].endswith(b"\n"):
            return skipped + len(lines[0])
        if lines[0].endswith(b"\r"):
            return skipped + len(chunk) + (1 if file.read(1) == b"\n" else 0)
        skipped += len(chunk)
    return skipped


def _rest(file: io.TextIOWrapper) -> str:
    """Reads past the next line break. Returns what was read behind it."""
    while chunk := file.read(BLOCK):
        lines = list(io.StringIO(chunk, newline=""))
        if len(lines) > 1 or lines[0].endswith(("\n", "\r")):
            behind = chunk[len(lines[0]) :]
            if lines[0].endswith("\r") and not behind:
                behind = file.read(1).removeprefix("\n")
            return behind
    return ""


def _breaks(file: io.BufferedReader, end: Place) -> int:
    """How many line breaks lie before `end`."""
    found, left, last = 0, end, b""
    while left and (chunk := file.read(min(BLOCK, left))):
        left -= len(chunk)
        found += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
        if last == b"\r" and chunk[:1] == b"\n":
            found -= 1  # a line break on the seam was counted as two
        last = chunk[-1:]
    return found
