"""A slice of rows of a record kind, typed column by column: the fast way from cells to values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from firstwin.connectors.files.table import Place, Row
from firstwin.connectors.kinds.cells import Bad, Cell
from firstwin.core.text import shorten

if TYPE_CHECKING:
    from firstwin.connectors.kinds.binding import Binding, Fault


@dataclass(slots=True)
class RecordRow:
    """A row, typed.  known_at: the source's own time, None where it has none.  place: right behind it in the file.

    values: in the order of the binding's `names`; None: blank. Two rows with the same values say the same.
    """

    line: int
    cells: Sequence[str]
    external_id: str
    known_at: datetime | None
    values: tuple[Any, ...]
    place: Place


@dataclass(slots=True)
class Bound:
    """A slice after typing.  skipped: (line, reason).  faulty: rows that cannot be used, with all that is wrong."""

    rows: list[RecordRow] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    faulty: list[tuple[Row, list["Fault"]]] = field(default_factory=list)


def read_slice(binding: "Binding", rows: Sequence[Row], now: datetime) -> Bound:
    """Type a slice. Touches no database. A row without a key of its own has external_id ''."""
    bound = Bound()
    good = [row for row in rows if _is_usable(binding, row, bound)]
    if not good:
        return bound
    columns = list(zip(*(row.cells for row in good), strict=True))
    faults: dict[int, list[Fault]] = {}

    def read(cell: Cell) -> list[Any]:
        found = cell.read_column(columns, len(good))
        for at, value in enumerate(found) if cell.bad else ():
            if value.__class__ is Bad:
                faults.setdefault(at, []).append(binding.fault_in(good[at].line, good[at].cells, cell, value.reason))
        return found

    keys = _keys(binding, good, read, faults)
    known = _known(binding, good, read, faults, now)
    values = [read(cell) for cell in binding.cells]
    said = zip(*values, strict=True) if values else iter([()] * len(good))
    for at, (row, key, known_at, one) in enumerate(zip(good, keys, known, said, strict=True)):
        if at in faults:
            bound.faulty.append((row, faults[at]))
        else:
            bound.rows.append(RecordRow(row.line, row.cells, key, known_at, one, row.place))
    return bound


def _is_usable(binding: "Binding", row: Row, bound: Bound) -> bool:
    if row.trouble:
        bound.faulty.append((row, [binding.trouble(row)]))
        return False
    if not any(row.cells):
        bound.skipped.append((row.line, "blank row"))
        return False
    for rule in binding.skip:
        if rule.holds(row.cells):
            bound.skipped.append((row.line, rule.because))
            return False
    return True


def _keys(binding: "Binding", rows: Sequence[Row], read: Any, faults: dict[int, list["Fault"]]) -> list[str]:
    cell = binding.key
    if cell is None:
        return [""] * len(rows)
    keys: list[str] = read(cell)
    for at, key in enumerate(keys):
        if key is None:
            faults.setdefault(at, []).append(binding.fault_in(rows[at].line, rows[at].cells, cell, "The key is blank."))
    return keys


def _known(
    binding: "Binding", rows: Sequence[Row], read: Any, faults: dict[int, list["Fault"]], now: datetime
) -> list[datetime | None]:
    cell = binding.known_at
    if cell is None:
        return [None] * len(rows)
    known: list[datetime | None] = read(cell)
    for at, moment in enumerate(known):
        if isinstance(moment, datetime) and moment > now:
            reason = "The source cannot have known this later than now."
            faults.setdefault(at, []).append(binding.fault_in(rows[at].line, rows[at].cells, cell, reason))
    return known


def shown(text: str) -> str:
    """A cell's text as a report may show it."""
    return shorten(text.replace("\x00", "␀"), 80)
