"""An in-memory DuckDB over files of the lake. Any process may have one; it never writes a database file."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from firstwin.usage.lake import files, home
from firstwin.usage.lake.schema import SCHEMAS
from firstwin.usage.store.models import Piece

MEMORY = "1GB"

_MACROS = (
    "create macro block_of(day) as cast(day >> 6 as integer)",
    "create macro bit_of(day) as (cast(1 as ubigint) << cast(day & 63 as ubigint))",
    # A sum beyond 64 bits stays at the edge: one absurd number must not stop all others from being counted.
    "create macro whole(n) as cast(case when n > 9223372036854775807 then 9223372036854775807 "
    "when n < -9223372036854775808 then -9223372036854775808 else n end as bigint)",
)


@contextmanager
def connected(memory: str = MEMORY) -> Iterator[Any]:
    """A connection of its own, with the words that the SQL of the lake uses."""
    home.folder().mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": 2,
            "memory_limit": memory,
            "temp_directory": str(home.spill()),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    try:
        for macro in _MACROS:
            connection.execute(macro)
        yield connection
    finally:
        connection.close()


def rows_in(table: str, pieces: Iterable[Piece]) -> str:
    """A relation of all rows of these pieces, for use after `from`. Raises Damaged naming a file that is not whole."""
    return rows_at(table, [files.check_there(piece) for piece in pieces])


def rows_at(table: str, paths: Iterable[Path]) -> str:
    found = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    return f"read_parquet([{found}])" if found else _nothing(table)


def _nothing(table: str) -> str:
    """No rows, of the types that the files have."""
    columns = ", ".join(f'cast(null as {_TYPES[str(field.type)]}) as "{field.name}"' for field in SCHEMAS[table])
    return f"(select {columns} where false)"


_TYPES = {
    "int8": "tinyint",
    "int32": "integer",
    "int64": "bigint",
    "uint64": "ubigint",
    "bool": "boolean",
    "string": "varchar",
    "timestamp[us]": "timestamp",
}
