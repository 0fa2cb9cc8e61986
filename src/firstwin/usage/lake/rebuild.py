"""All roll-ups made again from the segments. The old ones answer until the new ones are committed, all at once."""

from datetime import datetime

from firstwin.usage.lake import duck, lease, pieces, touch
from firstwin.usage.lake.meant import Meant
from firstwin.usage.lake.redo import redo
from firstwin.usage.lake.schema import ROLLUPS
from firstwin.usage.store.models import Piece


def is_due() -> bool:
    """Whether roll-ups stand that were made under other meanings of event names than today's."""
    made_under = Piece.objects.filter(table__in=ROLLUPS, retired_at=None).exclude(edition=Meant().edition)
    return made_under.exists()


def rebuild(now: datetime) -> int:
    """Make every roll-up again, of segments that wait too. How many events went in. Raises Busy."""
    with lease.alone(lease.ORDERING, now=now) as hold:
        meant = Meant()
        segments, old = pieces.standing("events"), pieces.standing(*ROLLUPS)
        with duck.connected() as connection:
            meant.put(connection)
            written = redo(connection, segments, hold)
        with pieces.committing("rebuild", hold):
            pieces.retire(old, now=now)
            pieces.add(written, now=now, edition=meant.edition)
            pieces.mark_rolled([piece for piece in segments if piece.rolled_at is None], now=now)
            touch.everybody(now)
    return sum(piece.rows for piece in segments)


def rebuild_when_due(now: datetime) -> bool:
    """Rebuild when meanings changed since. Whether that was done; not while others put the lake in order."""
    try:
        return is_due() and rebuild(now) >= 0
    except lease.Busy:
        return False
