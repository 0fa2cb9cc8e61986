"""Rows of a query into as many files as they deserve: blocks of days apart where large, together where small."""

from collections.abc import Iterator, Sequence
from typing import Any

from firstwin.usage.lake import files
from firstwin.usage.lake.files import Written
from firstwin.usage.lake.lease import Hold
from firstwin.usage.lake.rollups import block_column, order_of
from firstwin.usage.lake.schema import SCHEMAS

APART = 100_000
"""Rows of one block that are worth a file of their own."""

_BATCH = 1 << 15


def write_split(connection: Any, table: str, source: str, hold: Hold) -> list[Written]:
    """Write the rows of the relation `source`, which are of the schema of `table`."""
    block = block_column(table)
    counts = connection.execute(f"select {block}, count(*) from {source} group by 1 order by 1").fetchall()  # noqa: S608
    columns = ", ".join(f'"{name}"' for name in SCHEMAS[table].names)
    written = []
    for first, last in spans(counts, APART):
        where = "" if len(counts) == 1 else f"where {block} between {first} and {last}"
        if where and "day" in SCHEMAS[table].names:  # days stand in the statistics of files, blocks do not
            where = f"where day between {first * 64} and {last * 64 + 63}"
        statement = f"select {columns} from {source} {where} order by {order_of(table)}"  # noqa: S608
        written.append(files.write_piece(table, connection.sql(statement).to_arrow_reader(_BATCH)))
        hold.renew()
    return written


def spans(counts: Sequence[tuple[int, int]], apart: int) -> Iterator[tuple[int, int]]:
    """(first, last) block of each part. A block of `apart` rows stands alone, smaller neighbours stand together."""
    group: list[int] = []
    rows = 0
    for block, count in counts:
        if group and (count >= apart or rows >= apart):
            yield group[0], group[-1]
            group, rows = [], 0
        group.append(block)
        rows += count
    if group:
        yield group[0], group[-1]
