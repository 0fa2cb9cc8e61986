"""Store what arrived. When this returns, it is committed: a crash, a kill or a power cut cannot take it back."""

from datetime import datetime

from django.db import connections

from firstwin.usage.ingest.overload import Overloaded, Room
from firstwin.usage.ingest.writer import Arrival, store, writer
from firstwin.usage.store.router import EVENTS

__all__ = ["Overloaded", "accept"]


def accept(
    body: bytes,
    *,
    source_id: int,
    call: str,
    received_at: datetime,
    events: int,
) -> None:
    """call: as in `Inbox.call`. events: how many elements `body` holds. Raises Overloaded: nothing was kept, and the
    client shall come again.
    """
    arrival = Arrival(body, source_id, call, received_at, events)
    if _is_ours_alone():
        Room().take(len(body))
        store([arrival])
    else:
        writer.put(arrival)


def _is_ours_alone() -> bool:
    """Within a transaction of the caller, or of a test, another thread would see and lock something else."""
    connection = connections[EVENTS]
    return connection.in_atomic_block or (connection.vendor == "sqlite" and connection.is_in_memory_db())  # type: ignore[attr-defined]
