"""The mark of a restore that is not finished: a table of its own, made first and dropped in the last transaction.

It is a table and not a file, so that every machine that shares a database sees it.
"""

from datetime import datetime

from django.core.management.base import CommandError
from django.db import connection

from firstwin.core.backup.tables import MARKER
from firstwin.core.errors import Refused
from firstwin.core.invariants import register_invariant


def unfinished() -> str | None:
    """What an unfinished restore was restoring, or None."""
    if MARKER not in connection.introspection.table_names():
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"select source, began_at from {MARKER}")  # noqa: S608
        row = cursor.fetchone()
    return f"{row[0]}, begun at {row[1]}" if row else "a backup"


def refuse_unfinished() -> None:
    """Raises Refused while a restore is not finished."""
    found = unfinished()
    if found is not None:
        raise Refused(
            f"This installation is only half there: the restore of {found}, was not finished. "
            "Wait for it, or run the same `firstwin restore` again."
        )


def refuse_unfinished_here() -> None:
    """As `refuse_unfinished`, for commands that are about to run on this installation."""
    try:
        refuse_unfinished()
    except Refused as refusal:
        raise CommandError(refusal.message) from refusal


def begin(source: str, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"create table if not exists {MARKER} (source text not null, began_at text not null)")
        cursor.execute(f"delete from {MARKER}")  # noqa: S608
        cursor.execute(
            f"insert into {MARKER} (source, began_at) values (%s, %s)",  # noqa: S608
            [source, now.isoformat(timespec="seconds")],
        )


def end() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"drop table {MARKER}")


def _problems(now: datetime) -> list[str]:
    found = unfinished()
    return [] if found is None else [f"the restore of {found}, was not finished"]


register_invariant("core.restore", "No restore was left half-way", _problems)
