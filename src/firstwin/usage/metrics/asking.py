"""Questions in SQL, one per file of the folder `sql`, and their answers as columns of numbers."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]
_FOLDER = Path(__file__).parent / "sql"


@cache
def text_of(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text()


class Asker:
    """Asks one connection. Questions asked ahead are answered by a thread of its own while the caller does other work:
    the engine needs no Python meanwhile. Answers are the same."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._thread: ThreadPoolExecutor | None = None
        self._ahead: dict[str, Future[Any]] = {}

    def ahead(self, name: str, **params: Any) -> None:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1)
        self._ahead[_key(name, params)] = self._thread.submit(self._answer, name, params)

    def table(self, name: str, **params: Any) -> Any:
        """The answer as an Arrow table."""
        if self._thread is None:
            return self._answer(name, params)
        asked = self._ahead.pop(_key(name, params), None)
        return (asked or self._thread.submit(self._answer, name, params)).result()

    def make(self, name: str, **params: Any) -> None:
        """A temporary table of the answer, of the name of the question."""
        self._connection.execute(f"create temp table {name} as {text_of(name)}", params)

    def run(self, statement: str) -> None:
        """Something that has no answer, such as a view."""
        if self._thread is None:
            self._connection.execute(statement)
        else:
            self._thread.submit(self._connection.execute, statement).result()

    def look(self, statement: str) -> dict[str, Ints]:
        """The answer to a question of its own as columns."""
        if self._thread is None:
            return columns(self._connection.sql(statement).to_arrow_table())
        return columns(self._thread.submit(lambda: self._connection.sql(statement).to_arrow_table()).result())

    def put(self, table: str, **numbers: Sequence[int] | Ints) -> None:
        if self._thread is None:
            put_numbers(self._connection, table, **numbers)
        else:
            self._thread.submit(put_numbers, self._connection, table, **numbers).result()

    def close(self) -> None:
        """Nothing is asked any more when this returns."""
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)
            self._thread = None

    def _answer(self, name: str, params: dict[str, Any]) -> Any:
        text = text_of(name)
        asked = {key: value for key, value in params.items() if f"${key}" in text}
        return self._connection.sql(text, params=asked).to_arrow_table()


def _key(name: str, params: dict[str, Any]) -> str:
    return f"{name} {sorted(params.items())}"


PART = 1 << 18
"""Rows of a part: what is computed of it stays near the processor."""


def columns(table: Any) -> dict[str, Ints]:
    """Column → values, of an Arrow table or batch. Moments are microseconds since 1970-01-01, UTC; missing ones the
    smallest number there is."""
    import pyarrow as pa

    found = {}
    for name, column in zip(table.schema.names, table.columns, strict=True):
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.int64()).fill_null(NEVER)
        found[name] = (
            column.to_numpy() if isinstance(column, pa.ChunkedArray) else column.to_numpy(zero_copy_only=False)
        )
    return found


NEVER = int(np.iinfo(np.int64).min)


def put_numbers(connection: Any, table: str, **numbers: Sequence[int] | Ints) -> None:
    """A temporary table of whole numbers."""
    import pyarrow as pa

    told = pa.table({name: pa.array(np.asarray(values, np.int64)) for name, values in numbers.items()})
    connection.register("put_numbers", told)
    connection.execute(f"create or replace temp table {table} as from put_numbers")
    connection.unregister("put_numbers")
