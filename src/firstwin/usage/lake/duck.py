"""An in-memory DuckDB over files of the lake. Any process may have one; it never writes a database file."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from firstwin.usage.lake import files, home
from firstwin.usage.lake.schema import SCHEMAS

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
    connection = _engine(memory)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def reader(memory: str = MEMORY) -> Iterator[Any]:
    """The same for those who only read: a connection to an engine that this process keeps, so that what it knows of the
    files (which never change) is not read again. Tables and views of a connection must be temporary ones."""
    connection = _kept(memory)
    try:
        connection.execute("set parquet_metadata_cache = true")
        yield connection
    finally:
        connection.close()


def _kept(memory: str) -> Any:
    """Another engine from time to time: what it knows of files that are gone would stay for ever."""
    global _keeping
    whose = (os.getpid(), str(home.spill()), memory)
    with _lock:
        if _keeping is None or _keeping.whose != whose or _keeping.given >= _MOST_GIVEN:
            _keeping = _Kept(whose, _engine(memory))
        _keeping.given += 1
        return _keeping.engine.cursor()


@dataclass
class _Kept:
    """given: how many connections to it there were. Those that are open keep it alive."""

    whose: tuple[int, str, str]
    engine: Any
    given: int = 0


_MOST_GIVEN = 2_000
_keeping: _Kept | None = None
_lock = Lock()


def _engine(memory: str) -> Any:
    home.folder().mkdir(parents=True, exist_ok=True)
    engine = duckdb.connect(
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
    for macro in _MACROS:
        engine.execute(macro)
    return engine


def rows_in(table: str, pieces: Iterable[files.Stored]) -> str:
    """A relation of all rows of these pieces, for use after `from`. Raises Damaged naming a file that is not whole."""
    folder = str(home.folder())
    return rows_at(table, [files.checked(folder, piece) for piece in pieces])


def rows_at(table: str, paths: Iterable[Path | str]) -> str:
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
