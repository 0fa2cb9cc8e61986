"""Elements that were turned down, once more: when what ailed them is mended here, they are taken up as if just sent."""

import json
from collections import Counter
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.people.audit import record
from firstwin.usage.compact.refusals import WHOLE_CALL, Code
from firstwin.usage.models import Source
from firstwin.usage.rules import Actor, require_set_up
from firstwin.usage.store.models import Inbox, Rejected
from firstwin.usage.store.router import EVENTS

_AT_ONCE = 500


def replay(ids: Collection[int], by: Actor, now: datetime) -> int:
    """Put these back into the inbox, each as it was sent and when. Returns how many; what was put back already, or
    was taken up all the same, is left out. What is turned down again stands in the debugger anew.

    Raises NotAllowed, or Refused when nothing is left.
    """
    require_set_up(by)
    rows = Rejected.objects.filter(replayed_at__isnull=True).exclude(code=Code.TOO_MANY_NAMES).exclude(body=b"")
    rows = rows.exclude(code__startswith=WHOLE_CALL)
    wanted = sorted(ids)
    done: Counter[int] = Counter()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        with transaction.atomic(using=EVENTS):
            found = list(rows.select_for_update().filter(pk__in=some).order_by("pk"))
            Inbox.objects.bulk_create(_again(one) for one in found)
            Rejected.objects.filter(pk__in=[one.pk for one in found]).update(replayed_at=now)
            failpoint("usage.replay.before")
        failpoint("usage.replay.after")
        done.update(one.source for one in found)
    if not done:
        raise Refused("There is nothing to send again: these were sent again already, or taken up.")
    for source in Source.objects.filter(pk__in=done):
        record(by=by, did="events.replayed", on=source, now=now, after={"events": done[source.pk]})
    return done.total()


def _again(one: Rejected) -> Inbox:
    """As the call it was: a type that the element names itself comes before that of its path."""
    body = bytes(one.body)
    call = one.call or _type(body) or "track"
    return Inbox(source=one.source, call=call, received_at=one.received_at, body=body, events=1, size=len(body))


def _type(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return said["type"][:8] if isinstance(said, dict) and isinstance(said.get("type"), str) else ""
