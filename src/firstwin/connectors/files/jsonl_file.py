"""JSON Lines as a stream of rows: one object per line, read strictly.

Nested objects become columns with dots (`plan.name`), lists of plain values one cell (`a, b`). Numbers keep the digits
they are written with.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from firstwin.connectors.files.blocks import LONGEST_LINE, blocks
from firstwin.connectors.files.encoding import Look, look
from firstwin.connectors.files.table import At, Format, Place, Row
from firstwin.core.errors import Refused
from firstwin.core.text import is_clean

DEEPEST = 8
LOST = "\N{REPLACEMENT CHARACTER}"
LARGEST_WHOLE = 2**53
SAMPLE = 5_000
"""Lines from which the columns are told, beside those the mapping names."""


@dataclass(frozen=True)
class JsonLinesFile:
    look: Look
    header: tuple[str, ...]
    format: Format = "jsonl"
    delimiter: str = ""
    sheet: str = ""
    rows_total: int | None = None

    @property
    def path(self) -> Path:
        return self.look.path

    def rows(self, start: Place | None = None, at: At | None = None) -> Iterator[Row]:
        header, wide = self.header, len(self.header)
        for line, text, place, is_overlong in _lines(self.look, start or 0, at):
            if is_overlong:
                yield Row(line, [""] * wide, f"The line is longer than {LONGEST_LINE >> 20} MB of text.", "", place)
                continue
            try:
                if self.look.is_lossy and LOST in text:
                    raise _Bad(f"The line holds bytes that are no text in {self.look.encoding}.")
                found = flat(text)
            except _Bad as bad:
                cells = [text[:1_000], *[""] * (wide - 1)]
                yield Row(line, cells, bad.reason, bad.column, place)
                continue
            row = Row(line, [found.get(name, "") for name in header], "", "", place)
            if not is_clean("".join(row.cells)):
                row.column = next(name for name, cell in zip(header, row.cells, strict=True) if not is_clean(cell))
                row.trouble = "The value holds a NUL or half of a surrogate pair."
            yield row


def open_jsonl(path: Path, *, encoding: str = "auto", wanted: Sequence[str] = ()) -> JsonLinesFile:
    """Look at a file: the columns are the keys of its first lines and, of `wanted`, those that look like keys."""
    looked = look(path, encoding)
    names: dict[str, None] = {}
    read = 0
    for _, text, _, is_overlong in islice(_lines(looked, 0, None), SAMPLE):
        read += 1
        try:
            names |= dict.fromkeys(flat(text) if not is_overlong else ())
        except _Bad:
            continue
    if not read:
        raise Refused(f"{path.name} is empty.")
    if not names:
        raise Refused(f"{path.name} has no line that is a JSON object.")
    if read == SAMPLE:
        names |= dict.fromkeys(wanted)
    return JsonLinesFile(looked, tuple(names))


def flat(text: str) -> dict[str, str]:
    """The cells of one line by column. Raises _Bad."""
    try:
        found = _DECODER.decode(text)
    except json.JSONDecodeError as problem:
        raise _Bad(f"The line is not JSON: {problem.msg[:1].lower()}{problem.msg[1:]} at {problem.colno}.") from None
    except RecursionError:
        raise _Bad(f"The value is nested deeper than {DEEPEST}.") from None
    if not isinstance(found, dict):
        raise _Bad("The line is not a JSON object.")
    cells: dict[str, str] = {}
    _flatten(found, "", 1, cells)
    return cells


class _Bad(Exception):
    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.reason, self.column = reason, column


class _Number(str):
    """Digits as they are written, told apart from text."""

    __slots__ = ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Bad(f"The key {twice[:80]!r} stands twice.", twice)
    return found


def _whole(digits: str) -> _Number:
    if len(digits) > 15 and (len(digits) > 20 or abs(int(digits)) > LARGEST_WHOLE):
        raise _Bad(f"{digits[:40]} is beyond 2^53: many programs change it. Write it as text.")
    return _Number(digits)


def _decimal(digits: str) -> _Number:
    if abs(float(digits)) == float("inf") or len(digits) > 60:
        raise _Bad(f"{digits[:40]} is larger than a number can be.")
    return _Number(digits)


def _constant(word: str) -> Any:
    raise _Bad(f"{word} is not a JSON number.")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole, parse_float=_decimal, parse_constant=_constant)


def _flatten(value: dict[str, Any], before: str, depth: int, cells: dict[str, str]) -> None:
    if depth > DEEPEST:
        raise _Bad(f"The value is nested deeper than {DEEPEST}.", before.rstrip("."))
    for key, item in value.items():
        column = before + key
        if isinstance(item, dict):
            _flatten(item, f"{column}.", depth + 1, cells)
            continue
        if column in cells:
            raise _Bad(f"The key {column[:80]!r} stands twice.", column)
        cells[column] = _cell(item, column, depth)


def _cell(item: Any, column: str, depth: int) -> str:
    if isinstance(item, str):
        return item
    if item is None:
        return ""
    if isinstance(item, bool):
        return "true" if item else "false"
    _measure(item, column, depth + 1)
    if any(isinstance(one, dict | list) for one in item):
        return json.dumps(item, ensure_ascii=False)
    return ", ".join(_cell(one, column, depth) for one in item if one is not None)


def _measure(item: Any, column: str, depth: int) -> None:
    if isinstance(item, dict | list):
        if depth > DEEPEST:
            raise _Bad(f"The value is nested deeper than {DEEPEST}.", column)
        for one in item.values() if isinstance(item, dict) else item:
            _measure(one, column, depth + 1)


def _lines(looked: Look, start: Place, at: At | None) -> Iterator[tuple[int, str, Place, bool]]:
    """(line, text, place behind it, whether it is too long) of each line that is not blank."""
    for block in blocks(looked, start, at):
        for line, (text, place) in enumerate(zip(block.lines, block.places, strict=True), block.number):
            if stripped := text.strip():
                yield line, stripped, place, block.is_overlong
