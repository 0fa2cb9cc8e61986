"""What of the meanings of event names goes into roll-ups: the product of a feature, and whether it is noise."""

import hashlib
from typing import Any

import pyarrow as pa

from firstwin.usage.catalogue import meanings

_SCHEMA = pa.schema([("feature", pa.int64()), ("product", pa.int64()), ("is_ignored", pa.bool_())])


class Meant:
    """The meanings as they stand. `edition` changes exactly when roll-ups made under others are no longer right."""

    def __init__(self) -> None:
        found = meanings()
        self._rows = [
            (feature, said.product_id or 0, said.is_ignored)
            for feature, said in sorted(found.items())
            if said.product_id or said.is_ignored
        ]

    @property
    def edition(self) -> int:
        """0 when no meaning bears on roll-ups, else a number made of all of them."""
        if not self._rows:
            return 0
        return int.from_bytes(hashlib.sha256(repr(self._rows).encode()).digest()[:7], "big")

    def put(self, connection: Any) -> None:
        """Let SQL read them as `meanings`."""
        columns = list(zip(*self._rows, strict=True)) or [(), (), ()]
        arrays = [pa.array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)]
        told = pa.Table.from_arrays(arrays, schema=_SCHEMA)
        connection.register("told", told)
        connection.execute("create or replace temp table meanings as from told")
        connection.unregister("told")
