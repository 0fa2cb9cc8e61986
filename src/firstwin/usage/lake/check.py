"""What must always be true of the lake. `firstwin verify` looks at a sample, `firstwin lake verify --whole` at all."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from firstwin.core.text import counted
from firstwin.usage.lake import duck, files, keys, lease, pieces, rebuild, rollups
from firstwin.usage.lake.meant import Meant
from firstwin.usage.lake.redo import blocks_in, touching
from firstwin.usage.lake.schema import BLOCK, ROLLUPS, SCHEMAS
from firstwin.usage.store.models import Lease, Piece

BLOCKS, SHARE = 3, 32
"""A sample: the roll-ups of so many blocks of days and of one place in so many; one key in so many."""


def file_problems(now: datetime) -> list[str]:
    """Every catalogued file is there, byte for byte."""
    return [*_each(pieces.standing(*SCHEMAS), files.check_sum)]


def key_problems(now: datetime, *, is_whole: bool = False) -> list[str]:
    """No key stands twice, neither among the keys nor among the events, and every event's key is known."""
    known = pieces.standing("keys")
    found = [keys.open_keys(piece) for piece in known]
    told, distinct = sum(piece.rows for piece in known), sum(len(k1) for k1, _ in keys.in_order(found))
    problems = [f"{counted(told - distinct, 'key')} of events stand twice"] if told != distinct else []
    segments = pieces.standing("events")
    problems += _repeated_events(segments, 1 if is_whole else SHARE)
    return problems + (_unknown_keys(segments, found) if is_whole else [])


def rollup_problems(now: datetime, *, is_whole: bool = False) -> list[str]:
    """Roll-ups are what a rebuild would make. Those made under meanings that changed since are due for one anyway."""
    if rebuild.is_due():
        return []
    segments = [piece for piece in pieces.standing("events") if piece.rolled_at is not None]
    standing = pieces.standing(*ROLLUPS)
    blocks = sorted({block for piece in segments for block in blocks_in(piece)})
    beyond = [piece for piece in standing if set(blocks).isdisjoint(blocks_in(piece))]
    problems = [f"{piece.name} speaks of days of which there is no event" for piece in beyond]
    if not is_whole:
        blocks = [blocks[(now.toordinal() + n * 7) % len(blocks)] for n in range(BLOCKS)] if blocks else []
    for block in sorted(set(blocks)):
        problems += _differences(
            segments, standing, block, "true" if is_whole else f"place % {SHARE} = {now.toordinal() % SHARE}"
        )
    return problems


def lease_problems(now: datetime) -> list[str]:
    """Nobody holds a lease for longer than leases last."""
    return [
        f"the lease {row.name!r} is held until {row.until_at:%Y-%m-%d %H:%M} by {row.holder}"
        for row in Lease.objects.filter(until_at__gt=now + 2 * lease.LASTS)
    ]


def _each(standing: list[Piece], check: Any) -> Iterator[str]:
    for piece in standing:
        try:
            check(piece)
        except files.Damaged as damage:
            yield damage.message


def _repeated_events(segments: list[Piece], share: int) -> list[str]:
    with duck.connected() as connection:
        asked = (
            f"select count(*) from (select 1 from {duck.rows_in('events', segments)} "  # noqa: S608
            f"where k1 % {share} = 0 group by k1, k2 having count(*) > 1)"
        )
        [(repeated,)] = connection.execute(asked).fetchall()
    return [f"{counted(repeated, 'event')} stand twice"] if repeated else []


def _unknown_keys(segments: list[Piece], found: list[keys.Pair]) -> list[str]:
    unknown = 0
    with duck.connected() as connection:
        asked = f"select k1, k2 from {duck.rows_in('events', segments)}"  # noqa: S608
        for batch in connection.sql(asked).to_arrow_reader(1 << 20):
            k1, k2 = batch.column("k1").to_numpy(), batch.column("k2").to_numpy()
            is_known = keys.is_in(found[0], k1, k2) if found else k1 != k1
            for pair in found[1:]:
                is_known |= keys.is_in(pair, k1, k2)
            unknown += int((~is_known).sum())
    return [f"the keys of {counted(unknown, 'event')} are not known"] if unknown else []


def _differences(segments: list[Piece], standing: list[Piece], block: int, among: str) -> Iterator[str]:
    touched = [piece for piece in segments if block in blocks_in(piece)]
    where = f"day between {block * BLOCK} and {block * BLOCK + BLOCK - 1} and {among}"
    with duck.connected() as connection:
        Meant().put(connection)
        connection.execute(f"create view events as select * from {duck.rows_in('events', touched)} where {where}")  # noqa: S608
        for table in ROLLUPS:
            parts = [piece for piece in touching(standing, [block]) if piece.table == table]
            source = (
                f"(select * from {duck.rows_in(table, parts)} "  # noqa: S608
                f"where {rollups.block_column(table)} = {block} and {among})"
            )
            yield from _difference(connection, table, source, block)


def _difference(connection: Any, table: str, source: str, block: int) -> Iterator[str]:
    columns = ", ".join(SCHEMAS[table].names)
    for name, text in (("ours", rollups.made_one(table, source)), ("made", rollups.made_of_events(table))):
        connection.execute(f"create or replace temp table {name} as select {columns} from ({text})")  # noqa: S608
    asked = "select count(*) from ((from made except from ours) union all (from ours except from made))"
    [(different,)] = connection.execute(asked).fetchall()
    if different:
        yield f"{counted(different, 'row')} of {table} in block {block} are not what its events make; rebuild the lake"
