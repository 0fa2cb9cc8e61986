"""An in-memory DuckDB over tables of facts. Opening one takes longer than most questions, so a process keeps it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

_MACROS = (
    "create or replace macro stands(known_at, known_until, known_by) as "
    "known_at <= known_by and (known_until is null or known_until > known_by)",
    "create or replace macro holds(valid_from, valid_to, moment) as "
    "valid_from <= moment and (valid_to is null or valid_to > moment)",
)
"""The words of `core.facts` for SQL."""

_lock = Lock()


@contextmanager
def engine(threads: int = 2) -> Iterator[Any]:
    """A connection of its own: what is registered in it is seen by nobody else.  threads: one is best for few rows."""
    with _lock:  # two threads that are first would make two
        here = _database(os.getpid(), threads).cursor()
    if threads == 1:
        here.execute("pragma disable_optimizer")  # over a handful of rows a better plan takes longer than it saves
    try:
        yield here
    finally:
        here.close()


@cache
def _database(pid: int, threads: int) -> Any:
    """pid: threads do not survive a fork."""
    import duckdb

    from firstwin.usage.lake import home

    home.folder().mkdir(parents=True, exist_ok=True)
    found = duckdb.connect(
        ":memory:",
        config={
            "threads": threads,
            "memory_limit": "1GB",
            "temp_directory": str(home.spill()),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    for macro in _MACROS:
        found.execute(macro)
    return found
