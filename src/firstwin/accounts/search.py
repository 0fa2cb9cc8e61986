"""Full-text search: trigrams over folded text. FTS5 on SQLite, pg_trgm on PostgreSQL; the same answers from both.

The index follows its table by triggers, so no writer can forget it. A later migration that rebuilds one of these
tables on SQLite drops its triggers: call `install` again at its end (`firstwin verify` tells when that was missed).
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from firstwin.core.text import fold

M = TypeVar("M", bound=models.Model)

# table → its primary key. Each has a folded `search_text`.
TABLES = {
    "accounts_accountnow": "account_id",
    "accounts_person": "id",
    "accounts_touch": "id",
    "accounts_note": "id",
}

_SHORTEST = 3
"""Letters a trigram index needs; shorter words are looked for the slow way, beside a longer one or alone."""


def matching(rows: "models.QuerySet[M]", text: str) -> "models.QuerySet[M]":
    """The rows whose `search_text` holds every word of `text`, whatever case and accents' encoding."""
    return rows.filter(words_q(rows.model, text))


def words_q(model: Any, text: str) -> Q:
    """What `matching` filters by, for a query of the caller's own making. Without words it holds for every row."""
    found = Q()
    for word in fold(text).split()[:8]:
        found &= _holds(model, word)
    return found


def _holds(model: Any, word: str) -> Q:
    table = model._meta.db_table
    if len(word) < _SHORTEST or connection.vendor != "sqlite":
        return Q(search_text__contains=word)
    # `escape` per FTS5: a phrase in double quotes, quotes inside doubled; nothing else is special there.
    phrase = '"' + word.replace('"', '""').replace("\x00", "") + '"'
    found = RawSQL(f"select rowid from {table}_fts where {table}_fts match %s", [phrase])  # noqa: S608, S611
    return Q(pk__in=found)


def statements(vendor: str) -> Sequence[str]:
    """What makes the indexes of one kind of database."""
    return [line for table, key in TABLES.items() for line in _for_table(vendor, table, key)]


def removals(vendor: str) -> Sequence[str]:
    if vendor == "postgresql":
        return [f"drop index if exists {table}_trgm" for table in TABLES]
    return [
        line
        for table in TABLES
        for line in (
            *(f"drop trigger if exists {table}_fts_{event}" for event in ("insert", "delete", "update")),
            f"drop table if exists {table}_fts",
        )
    ]


def install(apps: Any, schema_editor: Any) -> None:
    """Make (or make again) every search index. For migrations."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute("create extension if not exists pg_trgm")
    for line in (*removals(vendor), *statements(vendor)):
        schema_editor.execute(line)
    if vendor == "sqlite":
        for table in TABLES:
            schema_editor.execute(f"insert into {table}_fts({table}_fts) values ('rebuild')")  # noqa: S608


def missing_triggers() -> list[str]:
    """Names of search triggers that should exist on SQLite and do not."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("select name from sqlite_master where type = 'trigger'")
        there = {row[0] for row in cursor.fetchall()}
    wanted = {f"{table}_fts_{event}" for table in TABLES for event in ("insert", "delete", "update")}
    return sorted(wanted - there)


def _for_table(vendor: str, table: str, key: str) -> list[str]:
    if vendor == "postgresql":
        return [f"create index {table}_trgm on {table} using gin (search_text gin_trgm_ops)"]
    fts = f"{table}_fts"
    add = f"insert into {fts}(rowid, search_text) values (new.{key}, new.search_text);"  # noqa: S608
    drop = f"insert into {fts}({fts}, rowid, search_text) values ('delete', old.{key}, old.search_text);"  # noqa: S608
    return [
        f"create virtual table {fts} using fts5(search_text, content='{table}', content_rowid='{key}', "
        "tokenize='trigram')",
        f"create trigger {fts}_insert after insert on {table} begin {add} end",
        f"create trigger {fts}_delete after delete on {table} begin {drop} end",
        f"create trigger {fts}_update after update of search_text on {table} "
        f"when old.search_text is not new.search_text begin {drop} {add} end",
    ]
