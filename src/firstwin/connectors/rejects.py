"""Rejected rows, given back as a CSV to mend: the original columns, and where and why each row failed."""

import csv
import io
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from firstwin.connectors.kinds.binding import Fault

NOTES = ("_line", "_column", "_reason")
"""Added to the original columns. An import ignores them, so the mended file can be imported as it is."""

_MARK = "\ufeff"
"""A byte-order mark, so that spreadsheets do not spoil the accents."""


class RejectFile:
    """Made when the first row comes. Written beside the final name and moved there when complete.

    Rows wait until `flush`, which is called in the transaction that took in their slice: the length it returns is
    what a later process goes on from, whatever was written after it.
    """

    def __init__(self, path: Path, header: Sequence[str], delimiter: str, *, run: int = 0) -> None:
        self.path = path
        self.length = 0
        self._part = path.with_name(f"{path.name}.{run}.part")
        self._columns = [name for name in header if name not in NOTES]
        self._places = [place for place, name in enumerate(header) if name not in NOTES]
        self._delimiter = delimiter
        self._file: IO[bytes] | None = None
        self._waiting = io.StringIO(newline="")
        self._writer = self._new_writer()

    def add(self, cells: Sequence[str], faults: Sequence[Fault]) -> None:
        columns = "; ".join(dict.fromkeys(fault.column for fault in faults if fault.column))
        reasons = " ".join(dict.fromkeys(fault.reason for fault in faults))
        kept = [cells[place].replace("\x00", "") if place < len(cells) else "" for place in self._places]
        self._writer.writerow([*kept, faults[0].line, columns, reasons])

    def flush(self) -> int:
        """Write what waits, safe on disk. Returns the length of the file."""
        if said := self._waiting.getvalue():
            file = self._opened()
            file.write(said.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
            self.length = file.tell()
            self.forget()
        return self.length

    def forget(self) -> None:
        """Drop what waits: its slice is taken in again."""
        self._waiting = io.StringIO(newline="")
        self._writer = self._new_writer()

    def back_to(self, length: int) -> None:
        """Cut off what was written behind `length`."""
        self.forget()
        if not length:
            self.close()
            self._part.unlink(missing_ok=True)
        elif length != self.length:
            file = self._opened()
            file.truncate(length)
            file.seek(length)
        self.length = length

    def resume(self, length: int) -> None:
        """Go on from what an earlier process left. A copy, for that process may still hold its file open."""
        left = self._part if self._part.exists() else self.path
        if not length or not left.exists():
            self._part.unlink(missing_ok=True)
            return
        copy = self._part.with_name(f"{self._part.name}.copy")
        shutil.copyfile(left, copy)
        with copy.open("r+b") as file:
            file.truncate(length)
        copy.replace(self._part)
        self.length = length

    def lines(self) -> Iterator[int]:
        """The lines of the rows written so far."""
        if not self.length:
            return
        with self._part.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter=self._delimiter)
            next(rows, None)
            for row in rows:
                yield int(row[-3])

    def finish(self) -> None:
        """Give the file its name."""
        self.close()
        if self.length:
            self._part.replace(self.path)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _new_writer(self) -> Any:
        return csv.writer(self._waiting, delimiter=self._delimiter, lineterminator="\n")

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._part.open("r+b" if self.length else "wb")
            self._file.seek(self.length)
            if not self.length:
                head = io.StringIO(newline="")
                head.write(_MARK)
                csv.writer(head, delimiter=self._delimiter, lineterminator="\n").writerow([*self._columns, *NOTES])
                self._file.write(head.getvalue().encode("utf-8", "replace"))
        return self._file
