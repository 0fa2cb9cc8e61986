# ruff: noqa: S608 - names of tables and columns are those of our own models
"""Rows of a journaled table, read and written as the JSON the journal keeps: SQL only, no decisions."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from firstwin.connectors.journal.sqlite import as_json
from firstwin.connectors.journal.tables import Table

_MANY = 500


def rows_of(table: Table) -> "Rows":
    return PostgresRows(table) if connection.vendor == "postgresql" else Rows(table)


class Rows:
    """For SQLite. Column and table names are our own models'."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def current(self, ids: Sequence[int]) -> dict[int, str]:
        """Row → its content now, locked until the end of the transaction."""
        found: dict[int, str] = {}
        for some in _parts(ids):
            sql = (
                f"select {self.table.pk}, {self._content('t')} from {self.table.name} t where {self._among('t', some)}"
            )
            found |= dict(self._all(sql + self._lock(), some))
        # In the order they were asked for: later rows of the journal first.
        return {pk: found[pk] for pk in ids if pk in found}

    def referred(self, ids: Sequence[int]) -> Iterator[tuple[str, int]]:
        """(what refers to it, row) for rows that another row refers to."""
        for reference in self.table.referred_by:
            for some in _parts(ids):
                marks = ", ".join(["%s"] * len(some))
                sql = (
                    f'select distinct "{reference.column}" from {reference.table} '
                    f'where "{reference.column}" in ({marks})'
                )
                for (pk,) in self._all(sql, some):
                    yield reference.label, int(pk)

    def written_since(self, ids: Sequence[int], run: int, mark: int) -> set[int]:
        """Rows on whose line of history stands one that came after `mark` and is not of this run."""
        same = " and ".join(f'other."{name}" = mine."{name}"' for name in self.table.slot)
        stands = "and other.known_until is null" if self.table.can_stand_down else ""
        found: set[int] = set()
        for some in _parts(ids):
            sql = (
                f"select distinct mine.{self.table.pk} from {self.table.name} mine join {self.table.name} other "
                f"on {same} and other.{self.table.pk} > %s {stands} where {self._among('mine', some)} and not exists ("
                f"select 1 from connectors_rowchange k where k.run = %s and k.table_name = %s "
                f"and k.row_id = other.{self.table.pk} and k.op = 'i')"
            )
            found |= {int(pk) for (pk,) in self._all(sql, [mark, *some, run, self.table.name])}
        return found

    def made_by(self, run: int, ids: Sequence[int]) -> set[int]:
        """Those of the rows that this run made."""
        found: set[int] = set()
        for some in _parts(ids):
            marks = ", ".join(["%s"] * len(some))
            sql = (
                "select row_id from connectors_rowchange where run = %s and table_name = %s and op = 'i' "
                f"and row_id in ({marks})"
            )
            found |= {int(pk) for (pk,) in self._all(sql, [run, self.table.name, *some])}
        return found

    def accounts_of_people(self, ids: Sequence[int]) -> set[int]:
        found: set[int] = set()
        for some in _parts(ids):
            marks = ", ".join(["%s"] * len(some))
            sql = f"select distinct account_id from accounts_membership where person_id in ({marks})"
            found |= {int(pk) for (pk,) in self._all(sql, some)}
        return found

    def delete(self, ids: Sequence[int]) -> None:
        for some in _parts(ids):
            self._do(f"delete from {self.table.name} where {self._among(self.table.name, some)}", some)

    def restore(self, columns: Sequence[str], rows: Sequence[tuple[int, str]]) -> None:
        """Give these columns of (row, earlier content) their value back."""
        sets = ", ".join(f'"{name}" = {self._value(name)}' for name in columns)
        sql = f"update {self.table.name} set {sets} where {self.table.pk} = %s"
        with connection.cursor() as cursor:
            cursor.executemany(sql, [(*[text] * len(columns), pk) for pk, text in rows])

    def insert(self, text: str) -> None:
        names = ", ".join(f'"{name}"' for name in self.table.columns)
        values = ", ".join(self._value(name) for name in self.table.columns)
        self._do(f"insert into {self.table.name} ({names}) select {values}", [text] * len(self.table.columns))

    def bump_edition(self, ids: Sequence[int]) -> None:
        for some in _parts(ids):
            self._do(
                f"update {self.table.name} set edition = edition + 1 where {self._among(self.table.name, some)}", some
            )

    def keep_content(self, said: Sequence[tuple[int, str]]) -> None:
        """Keep in the journal what a row said that is taken back: (journal row, content)."""
        with connection.cursor() as cursor:
            cursor.executemany(
                f"update connectors_rowchange set after = {self._json()} where id = %s",
                [(text, pk) for pk, text in said],
            )

    def note(self, ids: Sequence[int], outcome: str) -> None:
        for some in _parts(ids):
            marks = ", ".join(["%s"] * len(some))
            self._do(f"update connectors_rowchange set outcome = %s where id in ({marks})", [outcome, *some])

    def _among(self, alias: str, ids: Sequence[int]) -> str:
        return f"{alias}.{self.table.pk} in ({', '.join(['%s'] * len(ids))})"

    def _content(self, alias: str) -> str:
        return as_json(self.table, alias).replace("%", "%%")

    def _value(self, name: str) -> str:
        value = f"json_extract(%s, '$.{name}')"
        return f"cast({value} as real)" if name in self.table.reals else value

    def _json(self) -> str:
        return "%s"

    def _lock(self) -> str:
        return ""

    def _all(self, sql: str, params: Sequence[Any]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql, list(params))
            return list(cursor.fetchall())

    def _do(self, sql: str, params: Sequence[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, list(params))


class PostgresRows(Rows):
    def _content(self, alias: str) -> str:
        return f"to_jsonb({alias})::text"

    def _value(self, name: str) -> str:
        return f'(jsonb_populate_record(null::{self.table.name}, %s::jsonb))."{name}"'

    def _json(self) -> str:
        return "%s::jsonb"

    def _lock(self) -> str:
        return " for update"


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _MANY):
        yield ids[start : start + _MANY]
