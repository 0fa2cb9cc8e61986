"""Who works on a run. Whoever takes it over last wins: a slice of anybody else does not commit."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from firstwin.connectors.models import ImportRun, State
from firstwin.core import clock

SILENT_AFTER = timedelta(minutes=2)


class Lost(Exception):
    """Somebody stopped the run, undoes it, or works on it in another process."""


@dataclass(frozen=True)
class Hold:
    run: int
    token: str

    def move(self, **columns: Any) -> None:
        """Write columns of the run, in the caller's transaction. Raises Lost, and with it rolls back the slice."""
        mine = ImportRun.objects.filter(pk=self.run, holder=self.token)
        if not mine.update(beat_at=clock.now(), **columns):
            raise Lost


def take(run: int, *, states: Collection[str], to: State, now: datetime, is_forced: bool) -> Hold | None:
    """Take the run over and bring it into state `to`; None when it is in none of `states`, or, without `is_forced`,
    when somebody was at work on it moments ago.
    """
    token = secrets.token_hex(16)
    rows = ImportRun.objects.filter(pk=run, state__in=states)
    if not is_forced:
        rows = rows.filter(Q(holder="") | Q(beat_at__isnull=True) | Q(beat_at__lt=now - SILENT_AFTER))
    taken = rows.update(holder=token, state=to, beat_at=clock.now(), problem="")
    return Hold(run, token) if taken else None
