"""Open a file of rows in whatever format it is: by what it says it is, else by its content and its name."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from firstwin.connectors.files.csv_file import open_csv
from firstwin.connectors.files.jsonl_file import open_jsonl
from firstwin.connectors.files.table import Format, Table
from firstwin.connectors.files.xlsx_file import open_xlsx
from firstwin.core.errors import Refused

_HEAD = 1 << 16
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_table(
    path: Path,
    *,
    format: Literal["auto"] | Format = "auto",
    encoding: str = "auto",
    delimiter: str = "auto",
    sheet: str | None = None,
    wanted: Sequence[str] = (),
) -> Table:
    """Look at a file: what it is, what its columns are called.

    encoding, delimiter: of formats of text.  sheet: the name or number (from 1) of a workbook's sheet; else the first
    that is shown.  wanted: names of columns that are looked for; they help where something is found out.
    Raises Refused when the file is missing, empty, in no format that is read, or without a readable header.
    """
    chosen = found_format(path) if format == "auto" else format
    match chosen:
        case "xlsx":
            return open_xlsx(path, sheet=sheet, wanted=wanted)
        case "parquet":
            from firstwin.connectors.files.parquet_file import open_parquet  # its library takes long to load

            return open_parquet(path)
        case "jsonl":
            return open_jsonl(path, encoding=encoding, wanted=wanted)
        case "tsv":
            return open_csv(path, encoding=encoding, delimiter="\t", wanted=wanted)
    return open_csv(path, encoding=encoding, delimiter=delimiter, wanted=wanted)


def found_format(path: Path) -> Format:
    """By content; text formats that look alike, by name. Raises Refused for what is none of them."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as problem:
        raise Refused(f"{path.name} cannot be read: {problem.strerror}.") from None
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if head.startswith(_OLD_OFFICE):
        raise Refused(f"{path.name} is an old or an encrypted Excel file. Save it as .xlsx, without a password.")
    if head.startswith(b"\x1f\x8b"):
        raise Refused(f"{path.name} is compressed. Unpack it first.")
    plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    suffix = path.suffix.lower()
    if plain.startswith(b"{") or suffix in {".jsonl", ".ndjson"}:
        return "jsonl"
    if plain.startswith(b"[") and suffix == ".json":
        raise Refused(f"{path.name} is one JSON list. Write one object per line (JSON Lines).")
    return "tsv" if suffix in {".tsv", ".tab"} else "csv"


def _zipped(path: Path) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        raise Refused(f"{path.name} is damaged: it begins as an Excel or zip file and cannot be opened.") from None
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise Refused(f"{path.name} is a binary workbook. Save it as .xlsx.")
    raise Refused(f"{path.name} is a zip file. Unpack it first.")
