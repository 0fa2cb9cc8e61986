"""Questions to the lake: a DuckDB in memory whose views are the tables of the lake, as one list of files shows them."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from firstwin.usage.lake import days, duck, files, pieces, rollups
from firstwin.usage.lake.meant import Meant
from firstwin.usage.lake.pieces import Standing
from firstwin.usage.lake.schema import BLOCK, ROLLUPS, SCHEMAS

FEW_PLACES = 1_000
"""So many are written into the query, where they choose what is read of a file; more are joined."""


_APART = 4
"""So many are asked of the files one by one: between the smallest and the largest of them may lie most of a file."""

_EVERY = ["true"]
_NOWHERE = "place = 0"


@contextmanager
def reading(
    *,
    day_from: date | int,
    day_to: date | int,
    places: Collection[int] | None = None,
    tables: Collection[str] = ROLLUPS,
    memory: str = duck.MEMORY,
    at_hand: Mapping[str, str] | None = None,
    most: int | None = None,
) -> Iterator[Any]:
    """A DuckDB connection with one view per table of `tables` (of `lake.schema`; `events` too when asked for).

    A view holds all rows of these days (of blocks that touch them) and, when given, these places; what was stored but
    not folded yet is in it. Rows of the same key may come in parts: aggregate as the schema's columns say (OR masks,
    sum counts and values, smallest first_ts, largest last_ts and people). Macros: block_of(day), bit_of(day).
    at_hand: table → its columns; the rows of such a table are read at once and kept, where many questions follow about
    few of them.  most: a table of which these places have more rows than that stays in its files all the same.
    Raises Damaged, naming the file, when one is missing or was cut short.
    """
    low, high = (day if isinstance(day, int) else days.number_of(day) for day in (day_from, day_to))
    wanted = set(tables)
    needs = wanted | ({"events"} if wanted & set(ROLLUPS) else set())
    found = pieces.standing_between(needs, low, high)
    with duck.reader(memory) as connection:
        among = _among(connection, places)
        waits = False
        if wanted & set(ROLLUPS):
            Meant().put(connection)
            waits = _put_waiting(connection, found, f"day between {_block_from(low)} and {_block_to(high)}", among)
        for table in SCHEMAS:
            if table in wanted:
                rows = _rows_of(connection, table, found, _within(table, low, high), among, waits=waits)
                _put(connection, table, rows, (at_hand or {}).get(table), most)
        yield connection


def _put_waiting(connection: Any, found: list[Standing], within: str, among: list[str]) -> bool:
    """What no roll-up holds yet, as roll-ups: made now, by the SQL that folds make them by. Whether there is any."""
    waiting = [piece for piece in found if piece.table == "events" and piece.rolled_at is None]
    if waiting:
        rows = _rows("events", waiting, within, among)
        kind = "view" if among == _EVERY else "table"
        connection.execute(f"create temp {kind} waiting as {rows}")
    return bool(waiting)


def _rows_of(connection: Any, table: str, found: list[Standing], within: str, among: list[str], *, waits: bool) -> str:
    rows = _rows(table, [piece for piece in found if piece.table == table], within, among)
    if table in ROLLUPS and waits:
        connection.execute(f"create temp table {table}_waiting as {_of_waiting(table)}")
        rows += f" union all select * from {table}_waiting where {within}"  # noqa: S608 - our own names
    return rows


def _put(connection: Any, table: str, rows: str, at_hand: str | None, most: int | None) -> None:
    if at_hand is None:
        connection.execute(f"create temp view {table} as {rows}")
        return
    limit = f" limit {most + 1}" if most is not None else ""
    connection.execute(f"create temp table {table} as select {at_hand} from ({rows}){limit}")  # noqa: S608
    if most is None or _count(connection, table) <= most:
        return
    connection.execute(f"drop table {table}")
    if _count(connection, f"({rows}) where place <> 0") > most:
        connection.execute(f"create temp view {table} as select {at_hand} from ({rows})")  # noqa: S608
    else:
        connection.execute(f"create temp table {table} as select {at_hand} from ({rows})")  # noqa: S608


def _count(connection: Any, rows: str) -> int:
    return int(connection.execute(f"select count(*) from {rows}").fetchall()[0][0])  # noqa: S608 - our own names


def _rows(table: str, found: list[Standing], within: str, among: list[str]) -> str:
    """Of roll-ups, those of each of these places by itself: so only what holds one of them is read of a file."""
    if table not in ROLLUPS:
        return f"select * from {duck.rows_in(table, found)} where {within} and ({' or '.join(among)})"  # noqa: S608
    parts = []
    for place in among:
        some = found if place != _NOWHERE else [piece for piece in found if not files.smallest_place(piece.name)]
        if some or place == among[-1]:
            parts.append(f"select * from {duck.rows_in(table, some)} where {within} and {place}")  # noqa: S608
    return " union all ".join(parts)


def _of_waiting(table: str) -> str:
    """The text reads `events`; here those are the ones that wait."""
    return f"with events as (select * from waiting) {rollups.made_of_events(table)}"  # noqa: S608


def _among(connection: Any, places: Collection[int] | None) -> list[str]:
    """Conditions none of which hold together."""
    if places is None:
        return _EVERY
    if len(places) <= _APART:
        return [f"place = {int(place)}" for place in sorted(set(places))] or ["false"]
    if len(places) <= FEW_PLACES:
        return [f"place in ({', '.join(str(int(place)) for place in sorted(places))})"]
    import pyarrow as pa

    connection.register("told", pa.table({"place": pa.array(sorted(places), pa.int64())}))
    connection.execute("create temp table wanted_places as from told")
    connection.unregister("told")
    return ["place in (select place from wanted_places)"]


def _within(table: str, low: int, high: int) -> str:
    if "block" in SCHEMAS[table].names:
        return f"block between {low // BLOCK} and {high // BLOCK}"
    return f"day between {low} and {high}"


def _block_from(day: int) -> int:
    return day // BLOCK * BLOCK


def _block_to(day: int) -> int:
    return day // BLOCK * BLOCK + BLOCK - 1
