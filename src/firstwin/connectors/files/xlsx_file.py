"""One sheet of an Excel workbook as a stream of rows. Of a formula the stored result is read; an error is no value."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from firstwin.connectors.files.encoding import Look, look_at_bytes
from firstwin.connectors.files.table import At, Format, Place, Row, ragged
from firstwin.core.errors import Refused

LARGEST_STRINGS = 256 << 20
"""Bytes of a workbook's table of texts, which is held in memory as a whole."""

_WIDEST = 2_000
_SAMPLE = 500


@dataclass(frozen=True)
class XlsxFile:
    """top: the row of the sheet on which the header stands."""

    look: Look
    sheet: str
    header: tuple[str, ...]
    top: int
    rows_total: int | None
    format: Format = "xlsx"
    delimiter: str = ""

    @property
    def path(self) -> Path:
        return self.look.path

    def rows(self, start: Place | None = None, at: At | None = None) -> Iterator[Row]:
        wide, total = len(self.header), max(self.rows_total or 1, 1)
        first = (start or self.top) + 1
        with _opened(self.path) as book:
            for number, cells in enumerate(book[self.sheet].iter_rows(min_row=first), first):
                if at is not None and number % 1_000 == 0:
                    at(min(self.look.size * number // total, self.look.size))
                row = _row(number, cells, self.header, wide)
                if row is not None:
                    yield row


def open_xlsx(path: Path, *, sheet: str | None = None, wanted: Sequence[str] = ()) -> XlsxFile:
    """Look at a workbook. Raises Refused when it cannot be opened or the sheet has no header.

    sheet: its name, or its number from 1. Else the first shown sheet that has one of the `wanted` columns, or anything.
    """
    with _opened(path) as book:
        names = [sheet] if sheet is not None else _shown(book)
        found = [(name, *_header(book, name)) for name in (_called(book, name) for name in names)]
        found = [one for one in found if one[2]]
        if not found:
            raise Refused(f"{path.name} is empty.")
        name, top, header = max(found, key=lambda one: len(set(one[2]) & set(wanted)))
        total = book[name].max_row
    warnings = (_NO_RESULTS,) if _lacks_results(path, name) else ()
    return XlsxFile(look_at_bytes(path, warnings), name, header, top, total)


_NO_RESULTS = (
    "Some formulas have no stored result and are read as blank. Open the workbook in a spreadsheet program and save it."
)


@contextmanager
def _opened(path: Path, *, results: bool = True) -> Iterator[Any]:
    import openpyxl  # takes long to load, and most processes open no workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as archive:
            strings = [part.file_size for part in archive.infolist() if part.filename.endswith("sharedStrings.xml")]
        if sum(strings) > LARGEST_STRINGS:
            raise Refused(f"The texts of {path.name} are larger than {LARGEST_STRINGS >> 20} MB. Save it as CSV.")
        book = openpyxl.load_workbook(path, read_only=True, data_only=results, keep_links=False)
    except OSError as problem:
        raise Refused(f"{path.name} cannot be read: {problem.strerror}.") from None
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, EOFError) as problem:
        raise Refused(f"{path.name} is not a workbook that can be read: {str(problem)[:100]}.") from None
    try:
        yield book
    finally:
        book.close()


def _shown(book: Any) -> list[str]:
    return [one.title for one in book.worksheets if one.sheet_state == "visible"] or book.sheetnames


def _called(book: Any, name: str) -> str:
    if name in book.sheetnames:
        return name
    if name.isdecimal() and 0 < int(name) <= len(book.sheetnames):
        return str(book.sheetnames[int(name) - 1])
    raise Refused(f"The workbook has no sheet {name!r}. It has: {', '.join(book.sheetnames)}.")


def _header(book: Any, name: str) -> tuple[int, tuple[str, ...]]:
    """The first row that says anything, and its number."""
    for number, cells in enumerate(islice(book[name].iter_rows(max_col=_WIDEST), _SAMPLE), 1):
        texts = [_text(cell)[0].strip() for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            return number, tuple(texts)
    return 0, ()


def _row(number: int, cells: Sequence[Any], header: Sequence[str], wide: int) -> Row | None:
    texts: list[str] = []
    trouble = column = ""
    for place, cell in enumerate(cells):
        text, problem = _text(cell)
        texts.append(text)
        if problem and not trouble:
            trouble, column = problem, header[place] if place < wide else ""
    while len(texts) > wide and not texts[-1]:
        texts.pop()
    if not any(texts) and not trouble:
        return None
    if len(texts) > wide:
        return Row(number, [*texts[: wide - 1], " ".join(texts[wide - 1 :])], ragged(texts, wide), "", number)
    return Row(number, texts + [""] * (wide - len(texts)), trouble, column, number)


def _text(cell: Any) -> tuple[str, str]:
    """(the cell as text, why it cannot be used or '')."""
    value = cell.value
    match value:
        case None:
            return "", ""
        case str():
            if cell.data_type == "e":
                return value, f"The cell holds the error {value}."
            return value, "The field holds a NUL character." if "\x00" in value else ""
        case bool():
            return "true" if value else "false", ""
        case int():
            return str(value), ""
        case float():
            return _number(value), ""
        case datetime():
            return _moment(value, str(cell.number_format)), ""
        case date() | time():
            return value.isoformat(), ""
        case timedelta():
            return f"{value.total_seconds() / 3600:.15g}", ""
    return str(value), ""


def _number(value: float) -> str:
    """Fifteen digits, as spreadsheets show: 0.1 + 0.2 is 0.3."""
    text = f"{value:.15g}"
    return text if "e" not in text else format(float(text), "f").rstrip("0").rstrip(".")


def _moment(value: datetime, form: str) -> str:
    """A day where the format shows no time. Serial numbers carry seconds inexactly: they are rounded to a whole one
    when they lie within a millisecond of it."""
    near = (value + timedelta(milliseconds=500)).replace(microsecond=0)
    if abs(near - value) <= timedelta(milliseconds=1):
        value = near
    is_midnight = value.hour == value.minute == value.second == value.microsecond == 0
    return value.date().isoformat() if is_midnight and "h" not in form.lower() else value.isoformat()


def _lacks_results(path: Path, sheet: str) -> bool:
    """Whether one of the first rows has a formula whose result was never stored."""
    with _opened(path, results=False) as said, _opened(path) as known:
        pairs = zip(said[sheet].iter_rows(max_col=_WIDEST), known[sheet].iter_rows(max_col=_WIDEST), strict=False)
        return any(
            one.data_type == "f" and other.value is None
            for row, results in islice(pairs, _SAMPLE)
            for one, other in zip(row, results, strict=False)
        )
