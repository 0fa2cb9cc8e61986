"""Rejected rows, given back as a CSV to mend: the original columns, and where and why each row failed."""

import csv
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from firstwin.connectors.kinds.binding import Fault

NOTES = ("_line", "_column", "_reason")
"""Added to the original columns. An import ignores them, so the mended file can be imported as it is."""


class RejectFile:
    """Made when the first row comes. Written beside the final name and moved there when complete."""

    def __init__(self, path: Path, header: Sequence[str], delimiter: str) -> None:
        self.path = path
        self._columns = [name for name in header if name not in NOTES]
        self._places = [place for place, name in enumerate(header) if name not in NOTES]
        self._delimiter = delimiter
        self._file: IO[str] | None = None
        self._writer: Any = None

    def add(self, cells: Sequence[str], faults: Sequence[Fault]) -> None:
        if self._writer is None:
            self._open()
        columns = "; ".join(dict.fromkeys(fault.column for fault in faults if fault.column))
        reasons = " ".join(dict.fromkeys(fault.reason for fault in faults))
        kept = [cells[place].replace("\x00", "") if place < len(cells) else "" for place in self._places]
        self._writer.writerow([*kept, faults[0].line, columns, reasons])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._part.replace(self.path)

    @property
    def _part(self) -> Path:
        return self.path.with_name(f"{self.path.name}.part")

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # With a byte-order mark, so that spreadsheets do not spoil the accents.
        self._file = self._part.open("w", encoding="utf-8-sig", errors="replace", newline="")
        self._writer = csv.writer(self._file, delimiter=self._delimiter, lineterminator="\n")
        self._writer.writerow([*self._columns, *NOTES])
