"""Roll-ups made again from the segments, all of them or those of some blocks of days, in bounded memory."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from firstwin.usage.lake import duck, split
from firstwin.usage.lake.files import Written
from firstwin.usage.lake.fold import roll_up
from firstwin.usage.lake.lease import Hold
from firstwin.usage.lake.rollups import block_column, made_one
from firstwin.usage.lake.schema import BLOCK, ROLLUPS
from firstwin.usage.store.models import Piece

AT_ONCE = 4_000_000
"""Events rolled up in one pass, where blocks of days allow it."""


def blocks_in(piece: Piece) -> range:
    return range(piece.day_from // BLOCK, piece.day_to // BLOCK + 1)


def redo(
    connection: Any,
    segments: Sequence[Piece],
    hold: Hold,
    *,
    only: Collection[int] | None = None,
    but: str = "false",
) -> list[Written]:
    """Write the roll-ups of these segments; of the blocks `only` when given, leaving out events for which the SQL `but`
    holds. The meanings must have been put."""
    written: list[Written] = []
    for first, last in _passes(segments, only):
        among = "true" if only is None else _among(only, "events")
        source = f"{_events_of(segments, first, last)} where {among} and not ({but})"
        written += roll_up(connection, source, hold)
    return written


def without(connection: Any, piece: Piece, blocks: Collection[int], hold: Hold) -> list[Written]:
    """Write what a file of a roll-up holds of other blocks than these."""
    kept = f"(select * from {duck.rows_in(piece.table, [piece])} where not {_among(blocks, piece.table)})"  # noqa: S608
    connection.execute(f"create or replace temp table made as {made_one(piece.table, kept)}")
    return split.write_split(connection, piece.table, "made", hold)


def touching(standing: Sequence[Piece], blocks: Collection[int]) -> list[Piece]:
    """The files of roll-ups that may hold rows of these blocks."""
    wanted = set(blocks)
    return [piece for piece in standing if piece.table in ROLLUPS and not wanted.isdisjoint(blocks_in(piece))]


def _among(blocks: Collection[int], table: str) -> str:
    return f"{block_column(table)} in ({', '.join(str(block) for block in sorted(blocks))})"


def _events_of(segments: Sequence[Piece], first: int, last: int) -> str:
    low, high = first * BLOCK, last * BLOCK + BLOCK - 1
    touched = [piece for piece in segments if piece.day_from <= high and piece.day_to >= low]
    return f"(select * from {duck.rows_in('events', touched)} where day between {low} and {high})"  # noqa: S608


def _passes(segments: Sequence[Piece], only: Collection[int] | None) -> list[tuple[int, int]]:
    """(first, last) block of each pass, by how many events the blocks hold, as far as the catalogue tells."""
    rows: Counter[int] = Counter()
    for piece in segments:
        blocks = blocks_in(piece)
        for block in blocks:
            if only is None or block in only:
                rows[block] += piece.rows // len(blocks) + 1
    return list(split.spans(sorted(rows.items()), AT_ONCE))
