"""Rows into tables as fast as each database takes them: prepared statements on SQLite, COPY on PostgreSQL.

Only for the demo: it goes past the actions on purpose and stores finished rows, ids included.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connections, models, router
from django.db.models import Max

Row = Sequence[Any]


def insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert `rows` of values for `columns` (attribute names, `account_id` for a foreign key)."""
    if not rows:
        return
    connection = _connection(model)
    known = {field.attname: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in columns]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    forms = [_form(field, connection.vendor) for field in fields]
    if any(forms):
        rows = [[form(value) if form else value for form, value in zip(forms, row, strict=True)] for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, f"copy {table} ({names}) from stdin", rows)
            return
        marks = ", ".join(["%s"] * len(fields))
        cursor.executemany(f"insert into {table} ({names}) values ({marks})", rows)  # noqa: S608


def next_id(model: type[models.Model]) -> int:
    """The first free id. Safe from other writers while the caller holds `hold`."""
    highest: int | None = model._default_manager.aggregate(highest=Max("pk"))["highest"]
    return (highest or 0) + 1


def hold(tables: Iterable[type[models.Model]]) -> None:
    """Keep other writers out of these tables until the transaction ends: ids are handed out by us meanwhile."""
    for model in tables:
        connection = _connection(model)
        if connection.vendor == "postgresql":  # SQLite's transaction is alone with the write lock already
            table = connection.ops.quote_name(model._meta.db_table)
            with connection.cursor() as cursor:
                cursor.execute(f"lock table {table} in share row exclusive mode")


def settle(tables: Iterable[type[models.Model]]) -> None:
    """Let the database's own numbering continue after the ids handed out here."""
    for model in tables:
        connection = _connection(model)
        if connection.vendor != "postgresql":
            continue
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"select setval(pg_get_serial_sequence('\"{table}\"', 'id'), "  # noqa: S608
                f"greatest((select max(id) from {connection.ops.quote_name(table)}), 1))"
            )


def _connection(model: type[models.Model]) -> Any:
    return connections[router.db_for_write(model)]


def _copy(cursor: Any, statement: str, rows: Iterable[Row]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _form(field: Any, vendor: str) -> Callable[[Any], Any] | None:
    """How a value of this field is handed to the database; None where it goes as it is."""
    if isinstance(field, models.JSONField):
        return _json
    if vendor != "sqlite":
        return None
    if isinstance(field, models.DateTimeField):
        return _moment
    if isinstance(field, models.DateField):
        return _day
    if isinstance(field, models.UUIDField):
        return _hex
    return None


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _moment(value: datetime | None) -> str | None:
    """As Django keeps moments on SQLite: in UTC (as all ours are), without the offset."""
    return None if value is None else value.isoformat(" ")[:-6]


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _hex(value: uuid.UUID | None) -> str | None:
    return None if value is None else value.hex
