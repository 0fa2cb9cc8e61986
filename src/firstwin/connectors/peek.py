"""A first look into a file of a draft: how it is written and what its first rows hold, without reading it whole again.

Of a large text file the beginning is kept beside it as UTF-8; the pages of the wizard read that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, cast

from firstwin.connectors.files.opening import open_table
from firstwin.connectors.files.table import Format, Row, Table
from firstwin.core.errors import Refused

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".jsonl", ".ndjson")
ROWS_SEEN = 200
"""Rows from which types are told and samples taken."""

_HEAD = 2 << 20
_TEXT = ("csv", "tsv", "jsonl")


@dataclass(frozen=True)
class Peek:
    """What the pages show of a file. trouble: why it cannot be read as its owner chose, else ''."""

    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    trouble: str = ""

    def column(self, name: str) -> list[str]:
        """What stands in a column, in the rows that were looked at."""
        if name not in self.header:
            return []
        place = self.header.index(name)
        return [row.cells[place] for row in self.rows if not row.trouble]


def detect(path: Path, chosen: Mapping[str, str]) -> dict[str, Any]:
    """What can be found out about a whole file, once. JSON-able. Raises Refused when it cannot be read at all."""
    table = open_as(path, chosen)
    if table.format in _TEXT and path.stat().st_size > _HEAD:
        _keep_head(path, table.look.encoding)
    return {
        "format": table.format,
        "encoding": table.look.encoding,
        "delimiter": table.delimiter,
        "sheet": table.sheet,
        "sheets": _sheets(path) if table.format == "xlsx" else [],
        "rows_total": table.rows_total,
        "warnings": list(table.look.warnings),
    }


def peek(path: Path, found: Mapping[str, Any], chosen: Mapping[str, str], most: int = ROWS_SEEN) -> Peek:
    """The beginning of a file that was detected before."""
    try:
        table = open_head(path, found, chosen)
        rows = tuple(islice(table.rows(), most))
    except Refused as problem:
        return Peek(trouble=problem.message.replace(path.name, "The file").replace("The file.head", "The file"))
    encoding = str(found["encoding"]) if table.format in _TEXT else ""
    return Peek(table.header, rows, table.format, encoding, table.delimiter, table.sheet)


def open_head(path: Path, found: Mapping[str, Any], chosen: Mapping[str, str]) -> Table:
    """The file, or its beginning where it is large, as its owner chose to read it. Raises Refused."""
    head = _head_of(path)
    if head.exists() and found["format"] in _TEXT:
        return open_as(head, {**chosen, "encoding": "utf-8", "format": str(found["format"])})
    return open_as(path, chosen)


def open_as(path: Path, chosen: Mapping[str, str]) -> Table:
    """Raises Refused."""
    return open_table(
        path,
        format=cast(Format, chosen.get("format") or "auto"),
        encoding=chosen.get("encoding") or "auto",
        delimiter=chosen.get("delimiter") or "auto",
        sheet=chosen.get("sheet") or None,
    )


def forget_head(path: Path) -> None:
    _head_of(path).unlink(missing_ok=True)


def _head_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.head")


def _keep_head(path: Path, encoding: str) -> None:
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        head = text.read(_HEAD)
    whole = head[: head.rfind("\n") + 1] or head
    _head_of(path).write_text(whole, encoding="utf-8", newline="")


def _sheets(path: Path) -> list[str]:
    import openpyxl  # takes long to load, and most processes open no workbook

    book = openpyxl.load_workbook(path, read_only=True)
    try:
        return [str(name) for name in book.sheetnames][:200]
    finally:
        book.close()
