"""Events out of the lake: segments that held them are written again without them, and roll-ups of those days too."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from firstwin.usage.lake import duck, pieces, split
from firstwin.usage.lake.files import Written
from firstwin.usage.lake.lease import Hold
from firstwin.usage.lake.meant import Meant
from firstwin.usage.lake.redo import redo, touching, without
from firstwin.usage.lake.schema import ROLLUPS
from firstwin.usage.store.models import Piece


@dataclass
class Out:
    """What is to be committed. counts: (place, feature) → (rows, events) that go."""

    gone: list[Piece] = field(default_factory=list)
    segments: list[tuple[Written, datetime | None]] = field(default_factory=list)
    rollups: list[tuple[Written, int]] = field(default_factory=list)
    counts: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self.counts.values())

    def commit(self, now: datetime) -> None:
        """Inside the transaction."""
        pieces.retire(self.gone, now=now)
        for written, rolled_at in self.segments:
            pieces.add([written], now=now, rolled_at=rolled_at)
        for written, edition in self.rollups:
            pieces.add([written], now=now, edition=edition)


Then = Callable[[Any], None]


def take_out(segments: Sequence[Piece], condition: str, hold: Hold, then: Then = lambda connection: None) -> Out:
    """Prepare to take the events for which the SQL `condition` holds out of these segments.

    then: may ask `gone_events`, the rows that go, before they do.
    """
    out = Out()
    with duck.connected() as connection:
        held = _holding(connection, segments, condition)
        if not held:
            return out
        connection.execute(
            f"create temp view gone_events as select * from {duck.rows_in('events', held)} where {condition}"  # noqa: S608
        )
        out.counts = _counts(connection)
        then(connection)
        blocks = _rolled_blocks(connection, held, condition)
        for piece in held:
            out.gone.append(piece)
            out.segments += [(made, piece.rolled_at) for made in _rest_of(connection, piece, condition, hold)]
        _redo_blocks(connection, out, condition, blocks, hold)
    return out


def _holding(connection: Any, segments: Sequence[Piece], condition: str) -> list[Piece]:
    """Those with such rows."""
    found = []
    for piece in segments:
        asked = f"select 1 from {duck.rows_in('events', [piece])} where {condition} limit 1"  # noqa: S608
        found += [piece] if connection.execute(asked).fetchone() else []
    return found


def _counts(connection: Any) -> dict[tuple[int, int], tuple[int, int]]:
    asked = "select place, feature, count(*), whole(sum(count)) from gone_events group by 1, 2"
    return {(place, feature): (rows, events) for place, feature, rows, events in connection.execute(asked).fetchall()}


def _rolled_blocks(connection: Any, held: Sequence[Piece], condition: str) -> list[int]:
    """Blocks of days whose roll-ups counted such rows."""
    rolled = duck.rows_in("events", [piece for piece in held if piece.rolled_at is not None])
    asked = f"select distinct block_of(day) from {rolled} where {condition} order by 1"  # noqa: S608
    return [block for (block,) in connection.execute(asked).fetchall()]


def _rest_of(connection: Any, piece: Piece, condition: str, hold: Hold) -> list[Written]:
    source = duck.rows_in("events", [piece])
    connection.execute(f"create or replace temp view rest as select * from {source} where not ({condition})")  # noqa: S608
    return split.write_split(connection, "events", "rest", hold)


def _redo_blocks(connection: Any, out: Out, condition: str, blocks: Sequence[int], hold: Hold) -> None:
    if not blocks:
        return
    for piece in touching(pieces.standing(*ROLLUPS), blocks):
        out.gone.append(piece)
        out.rollups += [(made, piece.edition) for made in without(connection, piece, blocks, hold)]
    meant = Meant()
    meant.put(connection)
    rolled = [piece for piece in pieces.standing("events") if piece.rolled_at is not None]
    made = redo(connection, rolled, hold, only=blocks, but=condition)
    out.rollups += [(written, meant.edition) for written in made]
