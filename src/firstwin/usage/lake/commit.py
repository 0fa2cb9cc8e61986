"""Events into the lake: duplicates out, a segment and its keys written, everything about them committed at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from firstwin.usage.lake import files, keys, lease, pieces
from firstwin.usage.lake.files import Written
from firstwin.usage.lake.keys import Mask
from firstwin.usage.lake.schema import EVENTS
from firstwin.usage.store.models import Inbox

WAIT_SECONDS = 30.0
"""How long to wait for somebody else who is storing events."""


@dataclass(frozen=True)
class Stored:
    """is_new: for each row given, whether it was stored; the others are repetitions of stored ones."""

    rows: int
    repeated: int
    is_new: Mask


def store(
    table: pa.Table,
    *,
    inbox_ids: Sequence[int],
    extra: Callable[[], None],
    now: datetime,
    kept: Callable[[Mask], None] | None = None,
) -> Stored:
    """Store events of the schema `EVENTS` in any order, each key once for ever.

    inbox_ids: batches the events came from; they are deleted in the same transaction, in which `extra` runs too.
    kept: told before that transaction which rows are new, so that `extra` can count them.
    Raises Busy when others keep storing, or when a batch was taken up by somebody else; OSError on a full disk.
    Nothing is changed then.
    """
    with lease.alone(lease.ADDING, now=now, wait=WAIT_SECONDS) as hold:
        is_new = keys.unseen(_numbers(table, "k1"), _numbers(table, "k2"))
        if kept is not None:
            kept(is_new)
        rows = _in_order(table, is_new)
        written = _write(table.select(EVENTS.names).take(pa.array(rows))) if len(rows) else []
        with pieces.committing("store", hold):
            pieces.add(written, now=now)
            extra()
            _take_from_inbox(inbox_ids)
    return Stored(len(rows), table.num_rows - len(rows), is_new)


def _write(fresh: pa.Table) -> list[Written]:
    segment = files.write_piece("events", fresh)
    return [segment, keys.write_keys(_numbers(fresh, "k1"), _numbers(fresh, "k2"))]


def _in_order(table: pa.Table, is_new: Mask) -> NDArray[np.intp]:
    """The new rows, sorted by (place, ts)."""
    rows = np.flatnonzero(is_new)
    ts = table.column("ts").cast(pa.int64()).to_numpy()[rows]
    return rows[np.lexsort((ts, _numbers(table, "place")[rows]))]


def _take_from_inbox(ids: Sequence[int]) -> None:
    gone = 0
    for start in range(0, len(ids), 500):
        gone += Inbox.objects.filter(pk__in=ids[start : start + 500]).delete()[0]
    if gone != len(ids):
        raise lease.Busy("Some of these batches were taken up by another process.")


def _numbers(table: pa.Table, name: str) -> Any:
    return table.column(name).to_numpy()
