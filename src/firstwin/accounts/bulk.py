"""Insert many plain rows at the speed of the database.

`bulk_create` makes an object per row and prepares each value by itself, which costs more than the insert. Here values
are prepared by column. For tables written by the hundred thousand; ids are not given back.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import connection, models

Prepare = Callable[[Any], Any]

_WORTH_COPYING = 20
"""Rows from which on a stream pays."""


def insert_many(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], *, on_conflict: str = ""
) -> None:
    """Insert `rows`, whose values stand in the order of `columns` (attribute names). Columns left out are NULL or
    have a database default. on_conflict: a clause such as `on conflict do nothing`.
    """
    if not rows:
        return
    fields = [model._meta.get_field(_field_of(model, name)) for name in columns]
    moments = _remembering(connection.ops.adapt_datetimefield_value)
    prepares = [_prepare(field, moments) for field in fields]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)  # type: ignore[union-attr]
    marks = ", ".join(["%s"] * len(fields))
    sql = f"insert into {quote(model._meta.db_table)} ({names}) values ({marks}) {on_conflict}"  # noqa: S608
    by_column = zip(prepares, zip(*rows, strict=True), strict=True)
    prepared = list(zip(*(map(prepare, values) for prepare, values in by_column), strict=True))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and not on_conflict and len(prepared) >= _WORTH_COPYING:
            copy_rows(cursor, f"copy {quote(model._meta.db_table)} ({names}) from stdin", prepared)
        else:
            cursor.executemany(sql, prepared)


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
    return _prepare(field, _remembering(connection.ops.adapt_datetimefield_value))


def _prepare(field: Any, moments: Prepare) -> Prepare:
    """How a value of this column is given to the database. moments: shared, as rows hold one in several columns."""
    kind = field.get_internal_type()
    if kind == "DateTimeField":
        return moments
    if kind == "DateField":
        return _remembering(connection.ops.adapt_datefield_value)
    if kind in {"JSONField", "UUIDField", "DecimalField"}:
        return lambda value: field.get_db_prep_save(value, connection)
    return lambda value: value


def _remembering(prepare: Callable[[Any], Any]) -> Prepare:
    """The same few days and moments stand in thousands of rows."""
    known: dict[date, Any] = {}

    def once(value: date | None) -> Any:
        if value is None:
            return None
        if value not in known:
            known[value] = prepare(value)
        return known[value]

    return once
