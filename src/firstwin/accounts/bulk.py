"""Read and insert many plain rows at the speed of the database.

`bulk_create` makes an object per row and prepares each value by itself, which costs more than the insert. Here values
are prepared by column. For tables written by the hundred thousand; ids are not given back.
"""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

import msgspec
from django.core.exceptions import EmptyResultSet
from django.db import connection, models

Prepare = Callable[[Any], Any]

_WORTH_COPYING = 20
"""Rows from which on a stream pays."""


def among(rows: models.QuerySet[Any], column: str, ids: Collection[int]) -> Any:
    """Those with one of these ids. As `__in`, with one parameter: preparing a thousand takes longer than the query."""
    quote = connection.ops.quote_name
    place = f"{quote(rows.model._meta.db_table)}.{quote(column)}"
    any_of, given = listed(ids)
    return rows.extra(where=[f"{place} {any_of}"], params=[given])  # noqa: S610 - our own names


def listed(ids: Collection[int]) -> tuple[str, Any]:
    """What stands in SQL after a column that is one of these, and its one parameter."""
    if connection.vendor == "postgresql":
        return "= any(%s)", list(ids)
    return "in (select value from json_each(%s))", json.dumps(list(ids))


def plain_rows(rows: Any) -> list[tuple[Any, ...]]:
    """The rows of a `values_list`, straight from the cursor: as the database gives them (SQLite's moments are naive,
    PostgreSQL's sums are decimals)."""
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:  # nothing can be in the set
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def insert_many(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], *, on_conflict: str = ""
) -> None:
    """Insert `rows`, whose values stand in the order of `columns` (attribute names). Columns left out are NULL or
    have a database default. on_conflict: a clause such as `on conflict do nothing`.
    """
    if not rows:
        return
    quoted, prepared = _given(model, columns, rows)
    table, names = connection.ops.quote_name(model._meta.db_table), ", ".join(quoted)
    marks = ", ".join(["%s"] * len(quoted))
    sql = f"insert into {table} ({names}) values ({marks}) {on_conflict}"  # noqa: S608
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not on_conflict and len(prepared) >= _WORTH_COPYING:
            copy_rows(cursor, f"copy {table} ({names}) from stdin", prepared)
        else:
            cursor.executemany(sql, prepared)


def update_many(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` (attribute names), row by row. rows: their values, and at the end the primary key. As
    `bulk_update`, whose statement takes longer to make than to run.
    """
    if not rows:
        return
    (*quoted, key), prepared = _given(model, (*columns, str(model._meta.pk.attname)), rows)
    table, told = connection.ops.quote_name(model._meta.db_table), ", ".join(f"{name} = %s" for name in quoted)
    with connection.cursor() as cursor:
        cursor.executemany(f"update {table} set {told} where {key} = %s", prepared)  # noqa: S608


def _given(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The columns, quoted, and the rows as the database takes them."""
    fields = [model._meta.get_field(_field_of(model, name)) for name in columns]
    moments = _Remembered(connection.ops.adapt_datetimefield_value).__getitem__
    by_column = zip([_prepare(field, moments) for field in fields], zip(*rows, strict=True), strict=True)
    given = (values if prepare is None else map(prepare, values) for prepare, values in by_column)
    quote = connection.ops.quote_name
    return [quote(str(field.column)) for field in fields], list(zip(*given, strict=True))  # type: ignore[union-attr]


def copy_rows(cursor: Any, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """PostgreSQL takes a stream of rows several times as fast as inserts. Triggers and constraints hold as ever."""
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _field_of(model: type[models.Model], attname: str) -> str:
    for field in model._meta.concrete_fields:
        if attname in (field.attname, field.name):
            return field.name
    raise ValueError(f"{model.__name__} has no column {attname!r}")


def prepared(field: Any) -> Prepare:
    """How values of one column are given to the database."""
    prepare = _prepare(field, _Remembered(connection.ops.adapt_datetimefield_value).__getitem__)
    return prepare or (lambda value: value)


def _prepare(field: Any, moments: Prepare) -> Prepare | None:
    """How a value of this column is given to the database; None: as it is. moments: shared, as rows hold one in
    several columns."""
    kind = field.get_internal_type()
    if kind == "DateTimeField":
        return moments
    if kind == "DateField":
        return _Remembered(connection.ops.adapt_datefield_value).__getitem__
    if kind == "JSONField" and connection.vendor == "sqlite":
        if field.encoder is None:  # plain data: a fifth of the time
            return lambda value: None if value is None else msgspec.json.encode(value).decode()
        encode = field.encoder().encode
        return lambda value: None if value is None else encode(value)
    if kind in {"JSONField", "UUIDField", "DecimalField"}:
        return lambda value: field.get_db_prep_save(value, connection)
    return None


class _Remembered(dict[date | None, Any]):
    """The same few days and moments stand in thousands of rows."""

    def __init__(self, prepare: Prepare) -> None:
        super().__init__({None: None})
        self._one = prepare

    def __missing__(self, value: date) -> Any:
        found = self[value] = self._one(value)
        return found
