"""A CSV file as a stream of rows. Strict: what is broken is reported where it stands, and nothing is swallowed.

A quote that never closes would make the rest of the file one field. It is reported on the line where it opened, and
reading goes on with the next line.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from firstwin.connectors.files.blocks import LONGEST_LINE, Block, blocks
from firstwin.connectors.files.encoding import Look, look
from firstwin.connectors.files.table import At, Format, Place, Row, fitted, ragged
from firstwin.core.errors import Refused

LONGEST_FIELD = 1 << 20
"""Characters in one field."""

DELIMITERS = (",", ";", "\t", "|")
LOST = "\N{REPLACEMENT CHARACTER}"
_FIRST = 64 * 1024


@dataclass(frozen=True)
class CsvFile:
    """A file that was looked at: how it is written and what its first record says."""

    look: Look
    delimiter: str
    header: tuple[str, ...]
    sheet: str = ""
    rows_total: int | None = None

    @property
    def path(self) -> Path:
        return self.look.path

    @property
    def format(self) -> Format:
        return "tsv" if self.delimiter == "\t" else "csv"

    def rows(self, start: Place | None = None, at: At | None = None) -> Iterator[Row]:
        """Every record after the header, good and bad, or those behind `start`. Blank lines are left out."""
        records = _records(blocks(self.look, start or 0, at), self.delimiter, self.header, self.look)
        if start is None:
            next(records, None)
        return records


def open_csv(path: Path, *, encoding: str = "auto", delimiter: str = "auto", wanted: Sequence[str] = ()) -> CsvFile:
    """Look at a file: encoding, delimiter, header. `wanted` column names help to tell the delimiter.

    Raises Refused when the file is missing, empty, or has no readable header.
    """
    looked = look(path, encoding)
    with looked.path.open(encoding=looked.encoding, errors="replace", newline="") as text:
        first = text.read(_FIRST)
    if not first.strip():
        raise Refused(f"{path.name} is empty.")
    chosen = delimiter if delimiter != "auto" else _delimiter(first, wanted)
    return CsvFile(looked, chosen, _header(first, chosen, path.name))


def _delimiter(first: str, wanted: Sequence[str]) -> str:
    """The one under which the header holds most of the wanted columns, then the most columns."""

    def fit(delimiter: str) -> tuple[int, int]:
        record = _first_record(first, delimiter)
        names = {cell.strip() for cell in record.cells}
        return sum(name in names for name in wanted), len(record.cells)

    return max(DELIMITERS, key=fit)


def _header(first: str, delimiter: str, name: str) -> tuple[str, ...]:
    record = _first_record(first, delimiter)
    if record.trouble:
        raise Refused(f"The header of {name} cannot be read: {record.trouble}")
    return tuple(cell.strip().removeprefix("\ufeff") for cell in record.cells)


def _first_record(first: str, delimiter: str) -> Row:
    lines = list(io.StringIO(first, newline=""))
    block = Block(1, first, list(range(1, len(lines) + 1)), is_last=True)
    return next(_Quoted(delimiter, None).rows(block), Row(1, ()))


def _records(source: Iterator[Block], delimiter: str, header: tuple[str, ...], looked: Look) -> Iterator[Row]:
    """Records with as many cells as the header has, and why others do not fit."""
    quoted = _Quoted(delimiter, len(header))
    was_odd = False
    for block in source:
        is_odd = was_odd or "\x00" in block.text or (looked.is_lossy and LOST in block.text)
        if quoted.waits or block.is_overlong or '"' in block.text:
            rows = quoted.rows(block)
        else:
            rows = _unquoted(block, delimiter, len(header))
        if is_odd:
            rows = (_without_odd(row, header, looked) for row in rows)
        yield from rows
        was_odd = is_odd and quoted.waits


def _unquoted(block: Block, delimiter: str, wide: int) -> Iterator[Row]:
    """The fast lane: without a quote, a line is a record and a delimiter is a delimiter."""
    text = block.text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    number = block.number
    for number, (line, place) in enumerate(zip(text.split("\n"), block.places, strict=False), block.number):
        cells = line.split(delimiter)
        if len(line) > LONGEST_FIELD and any(len(cell) > LONGEST_FIELD for cell in cells):
            yield Row(number, fitted([c[:LONGEST_FIELD] for c in cells], wide, delimiter), _LARGE, "", place)
        elif len(cells) == wide and line:
            yield Row(number, cells, "", "", place)
        elif line:
            yield Row(number, fitted(cells, wide, delimiter), ragged(cells, wide), "", place)


_LARGE = f"A field is longer than {LONGEST_FIELD >> 20} MB of text."


class _Quoted:
    """The careful lane. A record that is not over at the end of a block waits for the next one.

    wide: how many cells a row has; None: any number.
    """

    def __init__(self, delimiter: str, wide: int | None) -> None:
        # The limit belongs to the whole process; it is only ever raised to this.
        csv.field_size_limit(LONGEST_FIELD)
        self._delimiter, self._wide = delimiter, wide
        self._lines: list[str] = []
        self._places: list[Place] = []

    @property
    def waits(self) -> bool:
        return bool(self._lines)

    def rows(self, block: Block) -> Iterator[Row]:
        if block.is_overlong:
            first = block.number - len(self._lines)
            yield from self._of(self._lines, self._places, first, is_last=True)
            self._lines, self._places = [], []
            cells = block.text[:LONGEST_FIELD].split(self._delimiter)[:50]
            trouble = f"The line is longer than {LONGEST_LINE >> 20} MB of text."
            yield self._fitted(Row(block.number, cells, trouble, "", block.places[0]))
            return
        number = block.number - len(self._lines)
        lines, places = self._lines + block.lines, self._places + block.places
        self._lines, self._places = [], []
        yield from self._of(lines, places, number, is_last=block.is_last)

    def _of(self, lines: list[str], places: list[Place], number: int, *, is_last: bool) -> Iterator[Row]:
        at = 0
        while at < len(lines):
            reader = csv.reader(islice(lines, at, None), delimiter=self._delimiter, strict=True)
            began = at
            try:
                for cells in reader:
                    behind = began + reader.line_num
                    if cells:
                        yield self._checked(Row(number + at, cells, "", "", places[behind - 1]))
                    at = behind
            except csv.Error as problem:
                spans = began + reader.line_num - at > 1
                if "unexpected end of data" in str(problem) and not is_last:
                    self._lines, self._places = lines[at:], places[at:]
                    return
                yield self._broken(number + at, lines[at].rstrip("\r\n"), _in_words(str(problem), spans), places[at])
                # The reader keeps nothing of a record that failed: it starts afresh with the next line.
                at += 1

    def _broken(self, line: int, raw: str, trouble: str, place: Place) -> Row:
        naive = next(csv.reader([raw[:LONGEST_FIELD]], delimiter=self._delimiter, quoting=csv.QUOTE_NONE), [])
        cells = [cell.strip('"')[:LONGEST_FIELD] for cell in naive]
        return self._fitted(Row(line, cells, trouble, "", place))

    def _checked(self, row: Row) -> Row:
        if self._wide is None or len(row.cells) == self._wide:
            return row
        row.trouble = ragged(row.cells, self._wide)
        return self._fitted(row)

    def _fitted(self, row: Row) -> Row:
        if self._wide is not None:
            row.cells = fitted(row.cells, self._wide, self._delimiter)
        return row


def _without_odd(row: Row, header: tuple[str, ...], looked: Look) -> Row:
    """Reject a row with NULs, or with bytes that are no text."""
    if row.trouble:
        return row
    for bad, trouble in (
        ("\x00", "The field holds a NUL character."),
        (LOST if looked.is_lossy else "", f"The field holds bytes that are no text in {looked.encoding}."),
    ):
        place = next((name for name, cell in zip(header, row.cells, strict=True) if bad and bad in cell), None)
        if place is not None:
            row.trouble, row.column = trouble, place
            return row
    return row


def _in_words(problem: str, spans: bool) -> str:
    if "field larger" in problem and not spans:
        return _LARGE
    if "unexpected end of data" in problem or "field larger" in problem or spans:
        return "A quote opens in this row and does not close."
    if "expected after" in problem:
        return "A quote closes in the middle of a field. Double quotes inside a field are written twice."
    return f"The row cannot be read: {problem}."
