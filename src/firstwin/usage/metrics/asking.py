"""Questions in SQL, one per file of the folder `sql`, and their answers as columns of numbers."""

from collections.abc import Sequence
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
    asked = {key: value for key, value in params.items() if f"${key}" in text_of(name)}
    return columns(connection.sql(text_of(name), params=asked).to_arrow_table())


def columns(table: Any) -> dict[str, Ints]:
    import pyarrow as pa

    found = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_timestamp(column.type):
            column = column.cast(pa.int64()).fill_null(NEVER)
        found[name] = column.to_numpy()
    return found


NEVER = int(np.iinfo(np.int64).min)


def put_numbers(connection: Any, table: str, **numbers: Sequence[int] | Ints) -> None:
    """A temporary table of whole numbers."""
    import pyarrow as pa

    told = pa.table({name: pa.array(np.asarray(values, np.int64)) for name, values in numbers.items()})
    connection.register("put_numbers", told)
    connection.execute(f"create or replace temp table {table} as from put_numbers")
    connection.unregister("put_numbers")
