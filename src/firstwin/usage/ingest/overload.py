"""When to say "not now": nothing is ever taken in that could not be kept."""

import time

from django.db import connections

from firstwin.core.errors import TryAgain
from firstwin.usage.models import LakeSetting
from firstwin.usage.store.router import EVENTS

_LOOKS_EVERY = 5.0  # seconds
_BUSY_SECONDS = 2
_FULL_SECONDS = 30


class Overloaded(TryAgain):
    """Nothing was kept. retry_after: seconds after which it may be tried again."""

    def __init__(self, message: str, *, retry_after: int = _BUSY_SECONDS) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Room:
    """How much the inbox may still take. It is measured now and then; between, what comes in is added up."""

    def __init__(self) -> None:
        self._looked_at = float("-inf")
        self._used = 0
        self._most = 0

    def take(self, size: int) -> None:
        """Raises Overloaded when the inbox is as large as it may be."""
        if time.monotonic() - self._looked_at > _LOOKS_EVERY:
            self.look()
        if self._used + size > self._most:
            raise Overloaded(
                "The inbox is full: events arrive faster than they are taken up.", retry_after=_FULL_SECONDS
            )
        self._used += size

    def look(self) -> None:
        self._most = largest_inbox()
        self._used = inbox_size()
        self._looked_at = time.monotonic()


def largest_inbox() -> int:
    """Bytes that may wait in the inbox."""
    said = LakeSetting.objects.values_list("largest_inbox_mb", flat=True).first()
    return (
        int(said if said is not None else LakeSetting._meta.get_field("largest_inbox_mb").get_default()) * 1024 * 1024
    )


def inbox_size() -> int:
    """Bytes that wait in the inbox. SQLite tells the length of a body without reading it, but reads through a body to
    what stands behind; PostgreSQL keeps bodies elsewhere.
    """
    connection = connections[EVENTS]
    size = "length(body)" if connection.vendor == "sqlite" else "size"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(sum({size}), 0) FROM lake_inbox")  # noqa: S608
        return int(cursor.fetchone()[0])
