"""What the door refuses is told to people, too: clients throw away what is answered with 400, and most say nothing.

One line in the debugger for each source and reason, at most every second; what is refused in between is counted with
the next line, so that somebody who sends nothing but mistakes costs next to nothing. What a process that ends had not
told yet is missing from the count.
"""

import logging
import re
import time
from datetime import datetime
from threading import Lock

from django.db import DatabaseError, transaction
from django.db.models import F

from firstwin.usage.compact.hours import HOUR, Counts, add_hours
from firstwin.usage.compact.refusals import LARGEST, WHOLE_CALL
from firstwin.usage.compact.times import micros, moment_of
from firstwin.usage.ingest.limits import BadBody
from firstwin.usage.ingest.write_keys import source_of
from firstwin.usage.store.models import Rejected
from firstwin.usage.store.router import EVENTS

logger = logging.getLogger(__name__)

EVERY = 1.0  # seconds
MOST = 100
"""Lines of one source and reason in an hour; of more only the number is kept."""

_waiting: dict[tuple[int, str], tuple[float, int]] = {}
"""(source, code) → when it was told last, how many came since."""

_lock = Lock()
_KEY = re.compile(rb'"writeKey"\s*:\s*"([A-Za-z0-9_-]{1,64})"')


def tell_refused(problem: BadBody, *, source: int | None, body: bytes, call: str, now: datetime) -> None:
    """source: by the headers; else the body may name it. Nothing is told of a key that nobody knows."""
    source = source or _named(body)
    count = _due(source, problem.code) if source else 0
    if source and count:
        try:
            _tell(problem, source, body, call, now, count)
        except DatabaseError as trouble:  # the sender is answered all the same
            logger.warning("What was refused could not be told: %s", trouble)


def _named(body: bytes) -> int | None:
    found = _KEY.search(body)
    return source_of(found.group(1).decode()) if found else None


def _due(source: int, code: str) -> int:
    """How many there are to tell now, this one included; 0: later."""
    now = time.monotonic()
    with _lock:
        told, waits = _waiting.get((source, code), (float("-inf"), 0))
        if now - told < EVERY:
            _waiting[source, code] = told, waits + 1
            return 0
        _waiting[source, code] = now, 0
    return waits + 1


def _tell(problem: BadBody, source: int, body: bytes, call: str, now: datetime, count: int) -> None:
    code, hour = (WHOLE_CALL + problem.code)[:24], micros(now) // HOUR
    with transaction.atomic(using=EVENTS):
        same = Rejected.objects.filter(source=source, code=code, received_at__gte=moment_of(hour * HOUR))
        if same.count() < MOST:
            Rejected.objects.create(
                source=source, received_at=now, code=code, says=problem.message[:300], call=call or "batch",
                body=body[:LARGEST], repeats=count - 1,
            )  # fmt: skip
        else:
            newest = same.order_by("-pk").values_list("pk", flat=True)[0]
            Rejected.objects.filter(pk=newest).update(repeats=F("repeats") + count)
        add_hours({(source, hour): Counts(rejected=count)})
