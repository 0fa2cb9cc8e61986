"""Questions in SQL, one per file of the folder `sql`, and their answers as columns of numbers."""

from collections.abc import Iterator, Sequence
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


def ask(connection: Any, name: str, **params: Any) -> dict[str, Ints]:
    """Column → values. Moments are microseconds since 1970-01-01, UTC; missing ones the smallest number there is."""
    return columns(_asked(connection, name, params))


def ask_in_parts(connection: Any, name: str, **params: Any) -> Iterator[dict[str, Ints]]:
    """The same, some rows after the other: what is computed of a part stays near the processor."""
    for part in _asked(connection, name, params).to_batches(_PART):
        yield columns(part)


_PART = 1 << 18


def _asked(connection: Any, name: str, params: dict[str, Any]) -> Any:
    text = text_of(name)
    asked = {key: value for key, value in params.items() if f"${key}" in text}
    return connection.sql(text, params=asked).to_arrow_table()


def columns(table: Any) -> dict[str, Ints]:
    """table: an Arrow table or batch."""
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
