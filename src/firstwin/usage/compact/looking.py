"""Rows of the store by many keys at once, at the speed of the database, and many rows written at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from django.db import connections, models

from firstwin.accounts.bulk import among, prepared
from firstwin.usage.compact.times import moment_of
from firstwin.usage.store.router import EVENTS

_AT_ONCE = 20_000


def rows_among(rows: models.QuerySet[Any], column: str, values: Iterable[Any], *columns: str) -> list[tuple[Any, ...]]:
    """`columns` of those rows whose `column` is one of `values`, however many."""
    wanted = list(values)
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(wanted), _AT_ONCE):
        found += among(rows, column, wanted[start : start + _AT_ONCE]).order_by().values_list(*columns)
    return found


def add_rows(model: type[models.Model], columns: Sequence[str], rows: Collection[Sequence[Any]]) -> None:
    """Insert rows into the store, leaving out those that a unique constraint knows already."""
    if not rows:
        return
    fields = [model._meta.get_field(name) for name in columns]
    connection = connections[EVENTS]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)  # type: ignore[union-attr]
    marks = ", ".join(["%s"] * len(fields))
    table = quote(model._meta.db_table)
    sql = f"insert into {table} ({names}) values ({marks}) on conflict do nothing"  # noqa: S608  our own names
    by_column = zip(fields, zip(*rows, strict=True), strict=True)
    given = list(zip(*(map(prepared(field), values) for field, values in by_column), strict=True))
    with connection.cursor() as cursor:
        cursor.executemany(sql, given)


def moments_given(micros: Sequence[int]) -> list[Any]:
    """Moments as the store takes them, as each prepared by itself would be: for very many."""
    if connections[EVENTS].vendor != "sqlite":
        return list(map(moment_of, micros))
    texts = np.datetime_as_string(np.array(micros, dtype="datetime64[us]"))
    return [text.replace("T", " ").removesuffix(".000000") for text in texts.tolist()]


def set_column(model: type[models.Model], column: str, values: Mapping[int, Any]) -> None:
    """Set one column, row by row: id → value."""
    connection = connections[EVENTS]
    quote = connection.ops.quote_name
    field = model._meta.get_field(column)
    sql = f"update {quote(model._meta.db_table)} set {quote(column)} = %s where id = %s"  # noqa: S608  our own names
    rows = list(zip(map(prepared(field), values.values()), values, strict=True))
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
