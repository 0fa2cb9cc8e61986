"""Tables for spreadsheets, written row by row, so that a large one never stands in memory.

A spreadsheet runs any text that looks like a formula. So text beginning like one is given a leading quote, while
numbers and dates go out as what they are.
"""

import csv
import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, TypeAlias

from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.core.money import Money

if TYPE_CHECKING:
    import xlsxwriter

Cell: TypeAlias = str | int | float | Decimal | bool | date | datetime | Money | None

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_MAX_SHEET_ROWS = 1_048_575
_MAX_SHEET_TEXT = 32_767
_FIRST_SHEET_DAY = date(1900, 3, 1)  # before it, spreadsheets count a 29 February 1900 that never was


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = text.replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A CSV file in UTF-8, with the mark by which Excel knows it, in pieces of a few hundred rows."""
    line = _Line()
    writer = csv.writer(line)
    writer.writerow([safe_text(label) for label in header])
    yield b"\xef\xbb\xbf"
    for count, row in enumerate(rows, start=1):
        writer.writerow([_csv_cell(cell) for cell in row])
        if count % 250 == 0:
            yield line.take()
    yield line.take()


def xlsx_file(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "Accounts") -> IO[bytes]:
    """An Excel file, open at its beginning; closing it removes it. Raises Refused beyond a sheet's million rows."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  (the caller closes it)
    try:
        _write_book(file, header, rows, sheet)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


class _Line:
    """Where the csv writer writes to, emptied as it fills."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def write(self, text: str) -> None:
        self._parts.append(text)

    def take(self) -> bytes:
        text = "".join(self._parts)
        self._parts.clear()
        return text.encode("utf-8", "replace")


def _csv_cell(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case int() | float():
            return "" if isinstance(cell, float) and not math.isfinite(cell) else cell
        case Decimal():
            return format(cell, "f") if cell.is_finite() else ""
        case Money():
            return format(cell.major, "f")
        case datetime():
            return cell.astimezone(clock.zone()).isoformat(sep=" ", timespec="seconds")
        case date():
            return cell.isoformat()
    return safe_text(cell)


def _write_book(file: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]], name: str) -> None:
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    import xlsxwriter  # takes long to load, and most processes write no workbook

    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(name[:31])
        bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(0, len(header) - 1), 18)
        for column, label in enumerate(header):
            sheet.write_string(0, column, safe_text(label), bold)
        for place, row in enumerate(rows, start=1):
            if place > _MAX_SHEET_ROWS:
                raise Refused("A sheet holds about a million rows. Export as CSV instead, or filter first.")
            for column, cell in enumerate(row):
                _write_cell(sheet, place, column, cell, moment)


def _write_cell(sheet: "xlsxwriter.worksheet.Worksheet", row: int, column: int, cell: Cell, moment: object) -> None:
    match cell:
        case None:
            return
        case bool():
            sheet.write_boolean(row, column, cell)
        case int() | float() | Decimal():
            with suppress(OverflowError):
                if math.isfinite(cell):
                    sheet.write_number(row, column, cell)
        case Money():
            sheet.write_number(row, column, cell.major)
        case datetime() if clock.day_of(cell) >= _FIRST_SHEET_DAY:
            sheet.write_datetime(row, column, cell.astimezone(clock.zone()).replace(tzinfo=None), moment)
        case date() if not isinstance(cell, datetime) and cell >= _FIRST_SHEET_DAY:
            sheet.write_datetime(row, column, cell)
        case _:
            text = cell if isinstance(cell, str) else str(_csv_cell(cell))
            sheet.write_string(row, column, safe_text(text)[:_MAX_SHEET_TEXT])
