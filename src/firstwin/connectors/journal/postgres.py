# ruff: noqa: S608 - names of tables and columns are those of our own models
"""The journal on PostgreSQL: permanent triggers that write only where the transaction is marked."""

from collections.abc import Mapping
from typing import Any

from firstwin.connectors.journal.tables import NEVER_RESTORED, NoJournal, Table

_SETTING = "firstwin.run"
_RUN = f"current_setting('{_SETTING}')::bigint"
_INTO = "insert into connectors_rowchange (run, table_name, row_id, op, before, after, outcome)"
_REFERENCING = {
    "i": ("insert", "referencing new table as is_now"),
    "u": ("update", "referencing old table as was new table as is_now"),
    "d": ("delete", "referencing old table as was"),
}


class Postgres:
    @staticmethod
    def prepare(connection: Any, tables: Mapping[str, Table]) -> None:
        """Raises NoJournal when the triggers of a table are missing and cannot be made."""
        install(connection, tables)
        if missing := _missing(connection, tables):
            raise NoJournal(f"{missing[0]} has no journal. Run `firstwin migrate`.")

    @staticmethod
    def put_away(connection: Any, tables: Mapping[str, Table]) -> None:
        """They stay, and cost nothing where nothing is marked."""

    @staticmethod
    def mark(connection: Any, run: int | None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select set_config(%s, %s, true)", [_SETTING, str(run or "")])

    @staticmethod
    def let_go(connection: Any) -> None:
        """The setting goes with the transaction."""


def install(connection: Any, tables: Mapping[str, Table]) -> None:
    """Make the triggers that are missing. Repeatable."""
    missing = _missing(connection, tables)
    if not missing:
        return
    with connection.cursor() as cursor:
        for name in missing:
            table = tables[name]
            for op, (event, referencing) in _REFERENCING.items():
                cursor.execute(_function(table.pk, op))
                cursor.execute(f"drop trigger if exists {_trigger(op)} on {name}")
                cursor.execute(
                    f"create trigger {_trigger(op)} after {event} on {name} {referencing} for each statement "
                    f"when (current_setting('{_SETTING}', true) <> '') execute function "
                    f"{_function_name(table.pk, op)}()"
                )


def _missing(connection: Any, tables: Mapping[str, Table]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid "
            "where t.tgname = any(%s) and pg_table_is_visible(c.oid) group by c.relname having count(*) = 3",
            [[_trigger(op) for op in _REFERENCING]],
        )
        there = {row[0] for row in cursor.fetchall()}
    return sorted(set(tables) - there)


def _trigger(op: str) -> str:
    return f"firstwin_journal_{op}"


def _function_name(pk: str, op: str) -> str:
    return f"firstwin_journal_{op}_{pk}"


def _function(pk: str, op: str) -> str:
    never = " ".join(f"- '{name}'" for name in sorted(NEVER_RESTORED))
    said = {
        "i": f"select {_RUN}, tg_table_name, is_now.{pk}, 'i', null, null, '' from is_now",
        "u": (
            f"select {_RUN}, tg_table_name, is_now.{pk}, 'u', to_jsonb(was), to_jsonb(is_now), '' "
            f"from was join is_now on is_now.{pk} = was.{pk} "
            f"where (to_jsonb(was) {never}) is distinct from (to_jsonb(is_now) {never})"
        ),
        "d": f"select {_RUN}, tg_table_name, was.{pk}, 'd', to_jsonb(was), null, '' from was",
    }[op]
    return (
        f"create or replace function {_function_name(pk, op)}() returns trigger language plpgsql as $$ "
        f"begin {_INTO} {said}; return null; end $$"
    )
