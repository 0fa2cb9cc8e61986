"""Open a source that can send at once."""

from datetime import datetime

from django.db import transaction

from firstwin.usage.actions.sources import make_key, open_source
from firstwin.usage.models import Source
from firstwin.usage.rules import Actor


def begin_source(
    *, by: Actor, name: str, kind: str, now: datetime, adds_people: bool = True, adds_accounts: bool = False
) -> Source:
    """A new source with its first write key. Undone as "source.opened". Raises NotAllowed, Refused."""
    with transaction.atomic():
        source = open_source(by=by, name=name, kind=kind, now=now, adds_people=adds_people, adds_accounts=adds_accounts)
        make_key(by=by, source=source, label="", now=now)
    return source
