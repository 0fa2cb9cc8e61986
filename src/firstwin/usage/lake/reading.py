"""Questions to the lake: a DuckDB in memory whose views are the tables of the lake, as one list of files shows them."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from firstwin.usage.lake import days, duck, pieces, rollups
from firstwin.usage.lake.meant import Meant
from firstwin.usage.lake.schema import BLOCK, ROLLUPS, SCHEMAS
from firstwin.usage.store.models import Piece

FEW_PLACES = 1_000
"""So many are written into the query, where they choose what is read of a file; more are joined."""


@contextmanager
def reading(
    *,
    day_from: date | int,
    day_to: date | int,
    places: Collection[int] | None = None,
    tables: Collection[str] = ROLLUPS,
    memory: str = duck.MEMORY,
) -> Iterator[Any]:
    """A DuckDB connection with one view per table of `tables` (of `lake.schema`; `events` too when asked for).

    A view holds all rows of these days (of blocks that touch them) and, when given, these places; what was stored but
    not folded yet is in it. Rows of the same key may come in parts: aggregate as the schema's columns say (OR masks,
    sum counts and values, smallest first_ts, largest last_ts and people). Macros: block_of(day), bit_of(day).
    Raises Damaged, naming the file, when one is missing or was cut short.
    """
    low, high = (day if isinstance(day, int) else days.number_of(day) for day in (day_from, day_to))
    wanted = set(tables)
    needs = wanted | ({"events"} if wanted & set(ROLLUPS) else set())
    found = [piece for piece in pieces.standing(*sorted(needs)) if piece.day_from <= high and piece.day_to >= low]
    with duck.connected(memory) as connection:
        among = _among(connection, places)
        if wanted & set(ROLLUPS):
            _put_waiting(connection, found, f"day between {_block_from(low)} and {_block_to(high)} and {among}")
        for table in SCHEMAS:
            if table in wanted:
                _put_view(connection, table, found, f"{_within(table, low, high)} and {among}")
        yield connection


def _put_waiting(connection: Any, found: list[Piece], where: str) -> None:
    """What no roll-up holds yet, as roll-ups: made now, by the SQL that folds make them by."""
    waiting = [piece for piece in found if piece.table == "events" and piece.rolled_at is None]
    Meant().put(connection)
    connection.execute(f"create temp view waiting as select * from {duck.rows_in('events', waiting)} where {where}")  # noqa: S608


def _put_view(connection: Any, table: str, found: list[Piece], where: str) -> None:
    stands = duck.rows_in(table, [piece for piece in found if piece.table == table])
    if table == "events":
        connection.execute(f"create temp view events as select * from {stands} where {where}")  # noqa: S608
        return
    connection.execute(f"create temp table {table}_waiting as {_of_waiting(table)}")
    connection.execute(
        f"create temp view {table} as select * from {stands} where {where} "  # noqa: S608
        f"union all select * from {table}_waiting where {where}"
    )


def _of_waiting(table: str) -> str:
    """The text reads `events`; here those are the ones that wait."""
    return f"with events as (select * from waiting) {rollups.made_of_events(table)}"  # noqa: S608


def _among(connection: Any, places: Collection[int] | None) -> str:
    if places is None:
        return "true"
    if len(places) <= FEW_PLACES:
        told = ", ".join(str(int(place)) for place in sorted(places))
        return f"place in ({told})" if told else "false"
    import pyarrow as pa

    connection.register("told", pa.table({"place": pa.array(sorted(places), pa.int64())}))
    connection.execute("create temp table wanted_places as from told")
    connection.unregister("told")
    return "place in (select place from wanted_places)"


def _within(table: str, low: int, high: int) -> str:
    if "block" in SCHEMAS[table].names:
        return f"block between {low // BLOCK} and {high // BLOCK}"
    return f"day between {low} and {high}"


def _block_from(day: int) -> int:
    return day // BLOCK * BLOCK


def _block_to(day: int) -> int:
    return day // BLOCK * BLOCK + BLOCK - 1
