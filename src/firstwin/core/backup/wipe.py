"""Empty a database whose restore was not finished, so that it can be begun again."""

from pathlib import Path

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from firstwin.core.backup.databases import databases
from firstwin.core.backup.tables import MARKER


def wipe() -> None:
    """Take everything out. Killed half-way, the mark still stands or nothing does: the database that bears it is the
    last one."""
    for connection in databases():
        if connection.vendor == "postgresql":
            _drop_everything(connection)
        else:
            _remove_file(connection)


def _remove_file(connection: BaseDatabaseWrapper) -> None:
    path = Path(connection.settings_dict["NAME"])
    connection.close()
    # The file goes first: what is left beside it belongs to nothing and is thrown away by SQLite itself.
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        name.unlink(missing_ok=True)


def _drop_everything(connection: BaseDatabaseWrapper) -> None:
    ours = "pronamespace = current_schema()::regnamespace"
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table != MARKER:
                cursor.execute(f'drop table if exists "{table}" cascade')
        cursor.execute(
            f"select oid::regprocedure::text from pg_proc where {ours} and prokind = 'f' and not exists "  # noqa: S608
            "(select 1 from pg_depend where objid = pg_proc.oid and deptype = 'e')"
        )
        for (function,) in cursor.fetchall():
            cursor.execute(f"drop function if exists {function} cascade")
