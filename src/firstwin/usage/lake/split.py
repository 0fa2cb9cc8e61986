"""Rows of a query into files, one per block of days: what is asked about some weeks opens the files of those weeks."""

from collections.abc import Iterator, Sequence
from typing import Any

from firstwin.usage.lake import files
from firstwin.usage.lake.files import Written
from firstwin.usage.lake.lease import Hold
from firstwin.usage.lake.rollups import block_column, order_of
from firstwin.usage.lake.schema import BLOCK, SCHEMAS

_BATCH = 1 << 15


def write_split(connection: Any, table: str, source: str, hold: Hold) -> list[Written]:
    """Write the rows of the relation `source`, which are of the schema of `table`."""
    found = connection.execute(f"select distinct {block_column(table)} from {source} order by 1").fetchall()  # noqa: S608
    columns = ", ".join(f'"{name}"' for name in SCHEMAS[table].names)
    written = []
    for (block,) in found:
        where = _within(table, block) if len(found) > 1 else "true"
        statement = f"select {columns} from {source} where {where} order by {order_of(table)}"  # noqa: S608
        written.append(files.write_piece(table, connection.sql(statement).to_arrow_reader(_BATCH)))
        hold.renew()
    return written


def spans(counts: Sequence[tuple[int, int]], at_once: int) -> Iterator[tuple[int, int]]:
    """(first, last) of neighbouring blocks that hold about so many rows together. counts: (block, rows), in order."""
    group: list[int] = []
    rows = 0
    for block, count in counts:
        if group and rows + count > at_once:
            yield group[0], group[-1]
            group, rows = [], 0
        group.append(block)
        rows += count
    if group:
        yield group[0], group[-1]


def _within(table: str, block: int) -> str:
    if "block" in SCHEMAS[table].names:
        return f"block = {block}"
    return f"day between {block * BLOCK} and {block * BLOCK + BLOCK - 1}"  # the statistics of files tell days
