"""Only one may add to the lake, and only one may put it in order, at a time, whichever process it runs in.

Two leases, so that events are stored while a long rebuild runs: `ADDING` for whoever stores events, `ORDERING` for
folds, merges, rebuilds, retention. Whoever takes events out needs both.

A lease is confirmed inside the transaction that commits what was done under it: work of a holder who was given up as
dead, and was only slow, is never committed.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from firstwin.core.errors import TryAgain
from firstwin.usage.store.models import Lease
from firstwin.usage.store.router import EVENTS

ADDING, ORDERING = "lake", "lake.order"
LASTS = timedelta(minutes=10)
_LOOK_AGAIN = 0.05

_mine = threading.local()


class Busy(TryAgain):
    """Somebody else holds the lease."""


class Hold:
    """A lease that is held. `renew` between steps of long work; `confirm` inside the transaction that commits."""

    def __init__(self, name: str, holder: str, now: datetime) -> None:
        self.name, self.holder = name, holder
        self._now, self._began = now, time.monotonic()
        self._until = now + LASTS

    def now(self) -> datetime:
        """The moment it was asked for, plus what has passed since."""
        return self._now + timedelta(seconds=time.monotonic() - self._began)

    def renew(self) -> None:
        """Raises Busy when it was taken away. Costs nothing while most of its time is left."""
        if self._until - self.now() < LASTS * 2 / 3:
            self.confirm()

    def confirm(self) -> None:
        """Raises Busy when it was taken away. Until the end of this transaction nobody can."""
        self._until = self.now() + LASTS
        mine = Lease.objects.filter(pk=self.name, holder=self.holder)
        if not mine.update(until_at=self._until):
            raise Busy(f"The lease {self.name!r} was taken over by another process.")


@contextmanager
def alone(name: str, *, now: datetime, wait: float = 0.0) -> Iterator[Hold]:
    """Hold the lease `name`. Raises Busy when somebody else still holds it after `wait` seconds."""
    held: dict[str, Hold] = _mine.__dict__.setdefault("held", {})
    if name in held:
        yield held[name]
        return
    hold = _take_within(name, now, wait)
    held[name] = hold
    try:
        yield hold
    finally:
        del held[name]
        Lease.objects.filter(pk=name, holder=hold.holder).delete()


def is_dead(holder: str) -> bool:
    """Whether the process that took a lease is known to be gone. Of processes elsewhere nothing is known."""
    host, _, rest = holder.rpartition("@")[2].partition(":")
    pid, _, started = rest.partition(":")
    if host != socket.gethostname()[:32] or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return started != _STARTED  # a process before us that had our number
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _take_within(name: str, now: datetime, wait: float) -> Hold:
    began = time.monotonic()
    while True:
        passed = time.monotonic() - began
        hold = _take(name, now + timedelta(seconds=passed))
        if hold is not None:
            return hold
        if passed >= wait:
            raise Busy("The lake is being worked on by another process; try again in a moment.")
        time.sleep(_LOOK_AGAIN)


def _take(name: str, now: datetime) -> Hold | None:
    hold = Hold(name, _holder(), now)
    with transaction.atomic(using=EVENTS):
        wanted = Lease(name=name, holder=hold.holder, until_at=now + LASTS)
        Lease.objects.bulk_create([wanted], ignore_conflicts=True)
        row = Lease.objects.select_for_update().filter(pk=name).first()
        if row is None:
            return None  # it was given back in this moment
        if row.holder != hold.holder:
            if row.until_at > now and not is_dead(row.holder):
                return None
            Lease.objects.filter(pk=name).update(holder=hold.holder, until_at=now + LASTS)
    return hold


def _holder() -> str:
    """At most 64 characters: a part that differs for each hold, the host, the process and when it began."""
    return f"{uuid4().hex[:8]}@{socket.gethostname()[:32]}:{os.getpid()}:{_STARTED}"


_STARTED = uuid4().hex[:8]


def _forked() -> None:
    global _STARTED
    _STARTED = uuid4().hex[:8]
    _mine.__dict__.clear()


os.register_at_fork(after_in_child=_forked)
