"""Segments that wait become roll-ups, in one transaction that says so."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from firstwin.usage.lake import duck, lease, pieces, rollups, split
from firstwin.usage.lake.files import Written
from firstwin.usage.lake.lease import Hold
from firstwin.usage.lake.meant import Meant
from firstwin.usage.lake.schema import ROLLUPS
from firstwin.usage.store.models import Piece

WAITING_ROWS, WAITING_SEGMENTS, WAITING_FOR = 200_000, 16, timedelta(minutes=5)
"""A fold is due when so many events or segments wait, or one has waited so long. Until then readers do its work."""

MOST_ROWS = 4_000_000
"""Events folded at once: memory stays bounded however much waits."""


def is_due(now: datetime) -> bool:
    waiting = pieces.unrolled()
    return bool(waiting) and (
        len(waiting) >= WAITING_SEGMENTS
        or sum(piece.rows for piece in waiting) >= WAITING_ROWS
        or waiting[0].made_at <= now - WAITING_FOR
    )


def fold(now: datetime) -> bool:
    """Fold what waits, whether a fold is due or not. Whether there was anything. Raises Busy."""
    with lease.alone(lease.ORDERING, now=now) as hold:
        waiting = _some(pieces.unrolled())
        if not waiting:
            return False
        meant = Meant()
        with duck.connected() as connection:
            meant.put(connection)
            written = roll_up(connection, duck.rows_in("events", waiting), hold)
        with pieces.committing("fold", hold):
            pieces.add(written, now=now, edition=meant.edition)
            pieces.mark_rolled(waiting, now=now)
    return True


def roll_up(connection: Any, source: str, hold: Hold) -> list[Written]:
    """Write the roll-ups of the events in the relation `source`. The meanings must have been put."""
    connection.execute(f"create or replace temp view events as select * from {source}")  # noqa: S608
    written = []
    for table in ROLLUPS:
        connection.execute(f"create or replace temp table made as {rollups.made_of_events(table)}")
        written += split.write_split(connection, table, "made", hold)
        connection.execute("drop table made")
        hold.renew()
    return written


def _some(waiting: Sequence[Piece]) -> list[Piece]:
    """The oldest of them, up to a bounded number of rows, and at least one."""
    taken: list[Piece] = []
    rows = 0
    for piece in waiting:
        rows += piece.rows
        if taken and rows > MOST_ROWS:
            break
        taken.append(piece)
    return taken
