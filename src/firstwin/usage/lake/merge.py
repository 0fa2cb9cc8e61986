"""Small files into larger ones: so many of about the same size become one, so each row is written a few times only and
the number of files grows with the logarithm of the rows.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from firstwin.usage.lake import duck, keys, lease, pieces, rollups, split
from firstwin.usage.lake.files import Written
from firstwin.usage.lake.lease import Hold
from firstwin.usage.lake.schema import BLOCK, ROLLUPS
from firstwin.usage.store.models import Piece

TOGETHER = {"events": 8, "keys": 4} | dict.fromkeys(ROLLUPS, 4)
"""So many files of about one size become one."""

LARGEST = {"events": 8_000_000, "keys": 32_000_000} | dict.fromkeys(ROLLUPS, 8_000_000)
"""Files of more rows stay as they are: a merge must not keep others waiting for minutes."""

Group = list[Piece]


def merge(now: datetime) -> bool:
    """Merge the cheapest group of files that is due. Whether there was one. Raises Busy."""
    if not _due(pieces.standing(*TOGETHER)):
        return False
    with lease.alone(lease.ORDERING, now=now) as hold:
        due = _due(pieces.standing(*TOGETHER))
        if not due:
            return False
        group = min(due, key=lambda group: sum(piece.rows for piece in group))
        written = _merged(group, hold)
        with pieces.committing("merge", hold):
            pieces.retire(group, now=now)
            rolled = max((piece.rolled_at for piece in group if piece.rolled_at), default=None)
            pieces.add(written, now=now, edition=group[0].edition, rolled_at=rolled)
    return True


def _due(standing: Iterable[Piece]) -> list[Group]:
    """Groups of files of one table, one block of days, one edition and about one size. Segments of several blocks are
    a kind of their own, which comes apart: a merge leaves files of one block only, so merging comes to an end."""
    groups: dict[tuple[str, int | None, int, int], Group] = defaultdict(list)
    for piece in standing:
        if piece.rows > LARGEST[piece.table] or (piece.table == "events" and piece.rolled_at is None):
            continue
        groups[piece.table, _block_of(piece), piece.edition, _tier(piece)].append(piece)
    return [group for (table, *_), group in groups.items() if len(group) >= TOGETHER[table]]


def _block_of(piece: Piece) -> int | None:
    first, last = piece.day_from // BLOCK, piece.day_to // BLOCK
    return first if first == last else None


def _tier(piece: Piece) -> int:
    return int(math.log(max(piece.rows, 1), TOGETHER[piece.table]))


def _merged(group: Sequence[Piece], hold: Hold) -> list[Written]:
    table, rows = group[0].table, sum(piece.rows for piece in group)
    if table == "keys":
        return [keys.write_sorted(keys.in_order([keys.open_keys(piece) for piece in group]), rows=rows)]
    with duck.connected() as connection:
        source = duck.rows_in(table, group)
        if table == "events":
            connection.execute(f"create temp view made as select * from {source}")  # noqa: S608
        else:
            connection.execute(f"create temp table made as {rollups.made_one(table, source)}")
        return split.write_split(connection, table, "made", hold)
