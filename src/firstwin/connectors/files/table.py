"""A file of rows, whatever it is written in: what every reader offers, so that nobody else needs to know the format."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from firstwin.connectors.files.encoding import Look

Format = Literal["csv", "tsv", "xlsx", "parquet", "jsonl"]
FORMATS: tuple[Format, ...] = ("csv", "tsv", "xlsx", "parquet", "jsonl")

Place = int
"""Where reading may go on: right behind a row. A byte offset or a count of rows or lines, as the reader likes. It can
be stored, and holds for as long as the file's bytes are the same."""

At = Callable[[int], None]
"""Told now and then how many bytes of the file have been read (in formats that are not read in order: about)."""


@dataclass(slots=True)
class Row:
    """One record. line: the physical line (or row of the sheet) on which it starts.  place: right behind it.

    trouble: why it cannot be used, else ''.  column: where the trouble stands, as far as that is known.
    """

    line: int
    cells: Sequence[str]
    trouble: str = ""
    column: str = ""
    place: Place = 0


class Table(Protocol):
    """A file that was looked at. Cells are text; what the format knows better is written the one way it can be read
    back from: `1234.5`, `true`, `2024-02-29`, `2024-02-29T14:30:00Z`.

    delimiter: between cells, for formats of text; '' for others.  sheet: the one that is read, for workbooks.
    rows_total: how many rows there are, where the format says so.
    """

    @property
    def look(self) -> Look: ...
    @property
    def format(self) -> Format: ...
    @property
    def header(self) -> tuple[str, ...]: ...
    @property
    def delimiter(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def rows_total(self) -> int | None: ...
    @property
    def path(self) -> Path: ...

    def rows(self, start: Place | None = None, at: At | None = None) -> Iterator[Row]:
        """Every record behind the header, good and bad, or those behind `start`. Blank ones are left out."""
        ...


def fitted(cells: Sequence[str], wide: int, delimiter: str) -> Sequence[str]:
    """As many cells as the header has: surplus joined to the last, missing ones empty."""
    if len(cells) > wide:
        return [*cells[: wide - 1], delimiter.join(cells[wide - 1 :])]
    return [*cells, *[""] * (wide - len(cells))]


def ragged(cells: Sequence[str], wide: int) -> str:
    """Why a row with so many cells does not fit the header."""
    fields = "1 field" if len(cells) == 1 else f"{len(cells)} fields"
    return f"The row has {fields}, the header has {wide}."
