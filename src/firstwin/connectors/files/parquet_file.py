"""A Parquet file as a stream of rows. Columns have types; each value is written as text from which it can be read back.

Structures become columns with dots (`plan.name`), lists of plain values one cell (`a, b`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from firstwin.connectors.files.encoding import Look, look_at_bytes
from firstwin.connectors.files.table import At, Format, Place, Row
from firstwin.core.errors import Refused
from firstwin.core.text import is_clean

_AT_ONCE = 4_096
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - in the column's own zone, or in none
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}

Write = Callable[[Any], str]


@dataclass(frozen=True)
class ParquetFile:
    look: Look
    header: tuple[str, ...]
    rows_total: int
    format: Format = "parquet"
    delimiter: str = ""
    sheet: str = ""

    @property
    def path(self) -> Path:
        return self.look.path

    def rows(self, start: Place | None = None, at: At | None = None) -> Iterator[Row]:
        """Lines are counted from 1: there is no header to count."""
        with _opened(self.path) as file:
            number, groups = _groups_behind(file, start or 0)
            for batch in file.iter_batches(batch_size=_AT_ONCE, row_groups=groups, use_threads=False):
                passed = max((start or 0) - number, 0)
                if passed < batch.num_rows:
                    yield from self._of(batch.slice(passed), number + passed)
                number += batch.num_rows
                if at is not None:
                    at(self.look.size * number // max(self.rows_total, 1))

    def _of(self, batch: Any, number: int) -> Iterator[Row]:
        columns = [column for _, column, _ in _columns(pa.Table.from_batches([batch]))]
        for line, cells in enumerate(zip(*columns, strict=True), number + 1):
            row = Row(line, cells, "", "", line)
            if not is_clean("".join(cells)):
                row.column = next(name for name, cell in zip(self.header, cells, strict=True) if not is_clean(cell))
                row.trouble = "The value holds characters that cannot be stored."
            if any(cells):
                yield row


def open_parquet(path: Path) -> ParquetFile:
    """Look at a file. Raises Refused when it is no Parquet file, or none of its columns can be read."""
    with _opened(path) as file:
        total = file.metadata.num_rows
        found = _columns(file.schema_arrow.empty_table())
        unread = _unread(file.schema_arrow.empty_table())
    if not found:
        raise Refused(f"{path.name} has no column that can be read.")
    if not total:
        raise Refused(f"{path.name} is empty.")
    warnings = tuple(f"The column {name!r} is not read: {kind}." for name, kind in unread)
    return ParquetFile(look_at_bytes(path, warnings), tuple(name for name, _, _ in found), total)


def _opened(path: Path) -> Any:
    try:
        return pq.ParquetFile(path, memory_map=False, pre_buffer=False)
    except OSError as problem:
        raise Refused(f"{path.name} cannot be read: {problem.strerror or 'it is no Parquet file'}.") from None
    except pa.ArrowException:
        raise Refused(f"{path.name} is not a Parquet file that can be read.") from None


def _groups_behind(file: Any, start: Place) -> tuple[int, list[int]]:
    """(rows passed by, the row groups that hold what lies behind `start`)."""
    passed = 0
    for group in range(file.num_row_groups):
        rows = file.metadata.row_group(group).num_rows
        if passed + rows > start:
            return passed, list(range(group, file.num_row_groups))
        passed += rows
    return passed, []


def _columns(table: Any) -> list[tuple[str, list[str], Any]]:
    """(name, cells, type) of each column that can be read."""
    found = []
    for name, column in _flat(table):
        write = _writer(column.type)
        if write is not None:
            found.append((name, _cells(column, write), column.type))
    return found


def _unread(table: Any) -> list[tuple[str, str]]:
    return [(name, str(column.type)) for name, column in _flat(table) if _writer(column.type) is None]


def _flat(table: Any) -> list[tuple[str, Any]]:
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    return list(zip(table.column_names, table.columns, strict=True))


def _cells(column: Any, write: Write) -> list[str]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        column = column.cast(pa.int64() if pa.types.is_timestamp(kind) or kind.bit_width == 64 else pa.int32())
    return ["" if value is None else write(value) for value in column.to_pylist()]


def _writer(kind: Any) -> Write | None:
    """How a value of this type is written; None: it is not."""
    types = pa.types
    if types.is_dictionary(kind):
        return _writer(kind.value_type)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_integer(kind):
        return str
    if types.is_boolean(kind):
        return lambda value: "true" if value else "false"
    if types.is_floating(kind):
        return _float
    if types.is_decimal(kind):
        return lambda value: format(value, "f")
    if types.is_date(kind):
        return date.isoformat
    if types.is_timestamp(kind):
        return partial(_moment, per_second=_PER_SECOND[kind.unit], mark="Z" if kind.tz else "")
    if types.is_time(kind):
        return partial(_time, per_second=_PER_SECOND[kind.unit])
    if types.is_list(kind) or types.is_large_list(kind):
        return _list(kind.value_type)
    return str if types.is_null(kind) else None


def _float(value: float) -> str:
    return format(Decimal(repr(value)), "f") if value == value and abs(value) != float("inf") else str(value)


def _moment(value: int, per_second: int, mark: str) -> str:
    seconds, fraction = divmod(value, per_second)
    try:
        text = (_EPOCH + timedelta(seconds=seconds)).isoformat()
    except OverflowError:
        return f"{value} (beyond the year 9999)"
    return text + _fraction(fraction, per_second) + mark


def _time(value: int, per_second: int) -> str:
    seconds, fraction = divmod(value, per_second)
    return (_EPOCH + timedelta(seconds=seconds)).time().isoformat() + _fraction(fraction, per_second)


def _fraction(fraction: int, per_second: int) -> str:
    return f".{fraction:0{len(str(per_second)) - 1}d}".rstrip("0") if fraction else ""


def _list(kind: Any) -> Write | None:
    """Lists of times are left out: their values come as objects that may lose digits."""
    write = _writer(kind)
    if write is None or pa.types.is_nested(kind) or pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        return None
    return lambda values: ", ".join(write(value) for value in values if value is not None)
