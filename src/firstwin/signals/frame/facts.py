"""Facts as Arrow tables of declared types, read through Django's own connection."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
from django.core.exceptions import EmptyResultSet
from django.db import connection

from firstwin.accounts.bulk import among
from firstwin.core.frames import FactTable, Type

TYPES: Mapping[Type, pa.DataType] = {
    "int": pa.int64(),
    "float": pa.float64(),
    "flag": pa.bool_(),
    "day": pa.date32(),
    "moment": pa.timestamp("us"),
    "text": pa.string(),
}
Paths = Mapping[str, tuple[str, Type]]
_AT_ONCE = 100_000
_AS_CSV = {"sqlite": ("'", ["", "NULL"]), "postgresql": ('"', [""])}
"""What stands around a text, and what for nothing."""
FEW = 500
"""Accounts up to which rows come one by one: a stream costs more to begin with."""


def facts_of(table: FactTable, ids: Sequence[int] | None) -> pa.Table:
    """Every row of the table of these accounts (of everybody when None)."""
    rows = table.rows()
    if ids is not None:
        if table.narrowed is not None:
            rows = table.narrowed(rows, ids)
        elif table.account is not None:
            rows = among(rows, table.account, ids)
    return read(rows, table.columns, is_small=ids is not None and len(ids) <= FEW)


def read(rows: Any, columns: Paths, *, is_small: bool = False) -> pa.Table:
    """The rows of a query set.  columns: name → (ORM path, type)."""
    kinds = {name: kind for name, (_, kind) in columns.items()}
    asked = rows.order_by().values_list(*(path for path, _ in columns.values()))
    try:
        sql, params = asked.query.sql_with_params()
    except EmptyResultSet:  # nothing can be in the set
        return _schema(kinds).empty_table()
    if not is_small:
        return _streamed(sql, params, kinds)
    if connection.vendor == "sqlite":
        sql = _as_stored(sql, len(kinds), ", ".join(f"+c{place}" for place in range(len(kinds))))
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        batches = []
        while found := cursor.fetchmany(_AT_ONCE):
            batches.append(_batch(found, kinds))
    return pa.Table.from_batches(batches, _schema(kinds))


def _as_stored(sql: str, n: int, said: str) -> str:
    """What is worked out has no declared type, so days and moments stay text: parsed one by one they cost the most."""
    places = ", ".join(f"c{place}" for place in range(n))
    return f"with facts ({places}) as ({sql}) select {said} from facts"  # noqa: S608 - our own names


def _schema(kinds: Mapping[str, Type]) -> pa.Schema:
    return pa.schema([(name, TYPES[kind]) for name, kind in kinds.items()])


def _batch(found: Sequence[tuple[Any, ...]], kinds: Mapping[str, Type]) -> pa.RecordBatch:
    told = [_array(values, kind) for values, kind in zip(zip(*found, strict=True), kinds.values(), strict=True)]
    return pa.RecordBatch.from_arrays(told, schema=_schema(kinds))


def _array(values: Iterable[Any], kind: Type) -> pa.Array:
    """SQLite says days and moments as text, and yes as 1."""
    values = list(values)
    first = next((value for value in values if value is not None), None)
    if kind in ("day", "moment") and isinstance(first, str):
        return pa.array(values, pa.string()).cast(TYPES[kind])
    if kind == "flag" and isinstance(first, int) and not isinstance(first, bool):
        return pa.array(values, pa.int8()).cast(pa.bool_())
    if kind == "int" and first is not None and not isinstance(first, int):
        values = [None if value is None else int(value) for value in values]
    return pa.array(values, TYPES[kind])


def _streamed(sql: str, params: Sequence[Any], kinds: Mapping[str, Type]) -> pa.Table:
    """Databases write rows as text several times as fast as rows become objects."""
    told = BytesIO()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copied(cursor, sql, params, kinds, told)
        else:
            cursor.execute(_as_stored(sql, len(kinds), _line(kinds)), params)
            while found := cursor.fetchmany(_AT_ONCE):
                told.write("\n".join([line for (line,) in found]).encode())
                told.write(b"\n")
    return _parsed(told, kinds)


def _line(kinds: Mapping[str, Type]) -> str:
    """A row as a line of CSV, in SQLite's words: one call that writes it all at once. Nothing stands for what is
    missing, NULL for a missing text, '' for an empty one."""
    ways = ",".join("%Q" if kind == "text" else "%s" for kind in kinds.values())
    said = (
        f"case when c{place} is not null then printf('%!.17g', c{place}) end" if kind == "float" else f"c{place}"
        for place, kind in enumerate(kinds.values())
    )
    return f"printf('{ways}', {', '.join(said)})".replace("%", "%%")


def _copied(cursor: Any, sql: str, params: Sequence[Any], kinds: Mapping[str, Type], told: BytesIO) -> None:
    said = [
        f"c{place} at time zone 'UTC'" if kind == "moment" else f"c{place}" for place, kind in enumerate(kinds.values())
    ]
    places = ", ".join(f"c{place}" for place in range(len(kinds)))
    ops: Any = connection.ops
    wanted = f"select {', '.join(said)} from ({ops.compose_sql(sql, params)}) as facts ({places})"  # noqa: S608
    with connection.wrap_database_errors, cursor.copy(f"copy ({wanted}) to stdout (format csv)") as copy:
        for part in copy:
            told.write(part)


def _parsed(told: BytesIO, kinds: Mapping[str, Type]) -> pa.Table:
    if not told.tell():
        return _schema(kinds).empty_table()
    told.seek(0)
    quote, nothing = _AS_CSV[connection.vendor]
    return csv.read_csv(
        told,
        read_options=csv.ReadOptions(column_names=list(kinds)),
        parse_options=csv.ParseOptions(quote_char=quote, newlines_in_values="text" in kinds.values()),
        convert_options=csv.ConvertOptions(
            column_types={name: TYPES[kind] for name, kind in kinds.items()},
            null_values=nothing,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t", "1"],
            false_values=["f", "0"],
        ),
    )
