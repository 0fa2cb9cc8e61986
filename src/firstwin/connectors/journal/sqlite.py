"""The journal on SQLite: TEMP triggers, seen by the connection that made them only."""

from collections.abc import Mapping
from typing import Any

from django.db import connections

from firstwin.connectors.journal.tables import Table

_INTO = "insert into connectors_rowchange (run, table_name, row_id, op, before, after, outcome)"


class Sqlite:
    @staticmethod
    def prepare(connection: Any, tables: Mapping[str, Table]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("create temp table if not exists firstwin_mark (run integer)")
            cursor.execute("delete from firstwin_mark")
            cursor.execute("insert into firstwin_mark values (null)")
            for table in tables.values():
                for statement in triggers(table):
                    cursor.connection.execute(statement)  # past the log of queries, which these would fill

    @staticmethod
    def put_away(connection: Any, tables: Mapping[str, Table]) -> None:
        if connection.connection is None or connection.needs_rollback:
            return  # they went with the connection, or do so with the transaction
        with connection.cursor() as cursor:
            for table in tables.values():
                for op in "iud":
                    cursor.connection.execute(f"drop trigger if exists temp.{_name(table, op)}")
            cursor.execute("update temp.firstwin_mark set run = null")

    @staticmethod
    def mark(connection: Any, run: int | None) -> None:
        # Statements with triggers within a savepoint note every page they overwrite, and in memory SQLite walks
        # through all notes for each of them: a slice would take ten times as long, and longer the more is stored.
        # The slice is one transaction and fails as a whole, so it needs no savepoints.
        if run is None:
            Sqlite.let_go(connection)
        else:
            connection._savepoint_allowed = _never
        # Fails on a connection that was opened anew: nothing is written past the journal.
        with connection.cursor() as cursor:
            cursor.execute("update temp.firstwin_mark set run = %s", [run])

    @staticmethod
    def let_go(connection: Any) -> None:
        vars(connections[connection.alias]).pop("_savepoint_allowed", None)


def _never() -> bool:
    return False


def as_json(table: Table, row: str) -> str:
    """A row as JSON. Fractions as text of all their digits, for SQLite's JSON rounds them."""
    parts = []
    for name in table.columns:
        value = f'{row}."{name}"'
        parts.append(f"'{name}', {_digits(value) if name in table.reals else value}")
    return f"json_object({', '.join(parts)})"


def triggers(table: Table) -> list[str]:
    differs = " or ".join(f'old."{name}" is not new."{name}"' for name in table.compared)
    was, now = as_json(table, "old"), as_json(table, "new")
    says = {
        "i": ("insert", "", f"new.{table.pk}, 'i', null, null"),
        "u": ("update", f"when {differs}", f"new.{table.pk}, 'u', {was}, {now}"),
        "d": ("delete", "", f"old.{table.pk}, 'd', {was}, null"),
    }
    # The mark is read as a row, not asked for twice: that is a fifth of what an inserted row costs.
    return [
        f"create temp trigger if not exists {_name(table, op)} after {event} on main.{table.name} "
        f"{more} begin {_INTO} {_of(table, values)}; end"
        for op, (event, more, values) in says.items()
    ]


def _of(table: Table, values: str) -> str:
    return f"select run, '{table.name}', {values}, '' from firstwin_mark where run is not null"  # noqa: S608


def _name(table: Table, op: str) -> str:
    return f"firstwin_{op}_{table.name}"


def _digits(column: str) -> str:
    return f"case when {column} is null then null else printf('%!.17g', {column}) end"
