"""A CSV file as a stream of rows. Strict: what is broken is reported where it stands, and nothing is swallowed.

A quote that never closes would make the rest of the file one field. It is reported on the line where it opened, and
reading goes on with the next line.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from firstwin.connectors.files.encoding import Look, look
from firstwin.connectors.files.lines import LONGEST_LINE, Lines
from firstwin.core.errors import Refused

LONGEST_FIELD = 1 << 20
"""Characters in one field."""

DELIMITERS = (",", ";", "\t", "|")
LOST = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Row:
    """One record. line: the physical line on which it starts.  trouble: why it cannot be used, else ''.

    column: where the trouble stands, as far as that is known.
    """

    line: int
    cells: Sequence[str]
    trouble: str = ""
    column: str = ""


@dataclass(frozen=True)
class CsvFile:
    """A file that was looked at: how it is written and what its first record says."""

    look: Look
    delimiter: str
    header: tuple[str, ...]

    @property
    def path(self) -> Path:
        return self.look.path

    def rows(self, at: Callable[[int], None] | None = None) -> Iterator[Row]:
        """Every record after the header, good and bad. Blank lines are left out.

        at: told now and then how many bytes of the file have been read.
        """
        with _opened(self.look) as text:
            records = _Records(text, self.delimiter)
            next(records, None)
            for count, record in enumerate(records):
                if at is not None and count % 1_000 == 0:
                    at(text.buffer.tell())  # type: ignore[attr-defined]
                if record.cells or record.trouble:
                    yield self._checked(record)

    def _checked(self, row: Row) -> Row:
        if row.trouble:
            return Row(row.line, self._fitted(row.cells), row.trouble, row.column)
        wide, got = len(self.header), len(row.cells)
        if wide != got:
            fields = "1 field" if got == 1 else f"{got} fields"
            trouble = f"The row has {fields}, the header has {wide}."
            return Row(row.line, self._fitted(row.cells), trouble)
        joined = "".join(row.cells)
        if "\x00" in joined:
            return Row(row.line, row.cells, "The field holds a NUL character.", self._place(row, "\x00"))
        if self.look.is_lossy and LOST in joined:
            trouble = f"The field holds bytes that are no text in {self.look.encoding}."
            return Row(row.line, row.cells, trouble, self._place(row, LOST))
        return row

    def _place(self, row: Row, bad: str) -> str:
        return next((name for name, cell in zip(self.header, row.cells, strict=True) if bad in cell), "")

    def _fitted(self, cells: Sequence[str]) -> Sequence[str]:
        """As many cells as the header has: surplus joined to the last, missing ones empty."""
        wide = len(self.header)
        if len(cells) > wide:
            return [*cells[: wide - 1], self.delimiter.join(cells[wide - 1 :])]
        return [*cells, *[""] * (wide - len(cells))]


def open_csv(path: Path, *, encoding: str = "auto", delimiter: str = "auto", wanted: Sequence[str] = ()) -> CsvFile:
    """Look at a file: encoding, delimiter, header. `wanted` column names help to tell the delimiter.

    Raises Refused when the file is missing, empty, or has no readable header.
    """
    looked = look(path, encoding)
    with _opened(looked) as text:
        first = text.read(64 * 1024)
    if not first.strip():
        raise Refused(f"{path.name} is empty.")
    chosen = delimiter if delimiter != "auto" else _delimiter(first, wanted)
    header = _header(first, chosen, path.name)
    return CsvFile(looked, chosen, header)


@contextmanager
def _opened(looked: Look) -> Iterator[io.TextIOWrapper]:
    with looked.path.open(encoding=looked.encoding, errors="replace", newline="") as text:
        yield text


def _delimiter(first: str, wanted: Sequence[str]) -> str:
    """The one under which the header holds most of the wanted columns, then the most columns."""

    def fit(delimiter: str) -> tuple[int, int]:
        cells = next(iter(_Records(io.StringIO(first, newline=""), delimiter)), Row(1, ())).cells
        names = {cell.strip() for cell in cells}
        return sum(name in names for name in wanted), len(cells)

    return max(DELIMITERS, key=fit)


def _header(first: str, delimiter: str, name: str) -> tuple[str, ...]:
    record = next(iter(_Records(io.StringIO(first, newline=""), delimiter)), None)
    if record is None or record.trouble:
        raise Refused(f"The header of {name} cannot be read: {record.trouble if record else 'there is none'}")
    return tuple(cell.strip().removeprefix("\ufeff") for cell in record.cells)


class _Records(Iterator[Row]):
    """Records of a CSV text, each with the line on which it starts."""

    def __init__(self, text: TextIO, delimiter: str) -> None:
        # The limit belongs to the whole process; it is only ever raised to this.
        csv.field_size_limit(LONGEST_FIELD)
        self._lines = Lines(text)
        self._delimiter = delimiter
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)

    def __next__(self) -> Row:
        line = self._lines.start_record()
        try:
            cells = next(self._reader)
        except csv.Error as problem:
            return self._broken(line, str(problem))
        if self._lines.is_overlong:
            return Row(line, cells[:50], f"The line is longer than {LONGEST_LINE >> 20} MB of text.")
        return Row(line, cells)

    def _broken(self, line: int, problem: str) -> Row:
        spans = len(self._lines.taken) > 1
        raw = self._lines.rewind_to_second().rstrip("\r\n")
        # The reader keeps nothing of a record that failed: it starts afresh with the next line.
        naive = next(csv.reader([raw[:LONGEST_FIELD]], delimiter=self._delimiter, quoting=csv.QUOTE_NONE), [])
        return Row(line, [cell.strip('"')[:LONGEST_FIELD] for cell in naive], _in_words(problem, spans))


def _in_words(problem: str, spans: bool) -> str:
    if "field larger" in problem and not spans:
        return f"A field is longer than {LONGEST_FIELD >> 20} MB of text."
    if "unexpected end of data" in problem or "field larger" in problem or spans:
        return "A quote opens in this row and does not close."
    if "expected after" in problem:
        return "A quote closes in the middle of a field. Double quotes inside a field are written twice."
    return f"The row cannot be read: {problem}."
