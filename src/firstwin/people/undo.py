"""Undo instead of "are you sure". An action that can be taken back offers an Undo; rooms register how.

@undoable("touch.logged")
def _unlog(*, by: User, payload: dict[str, Any], now: datetime) -> None: ...
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction

from firstwin.core.errors import NotFound, Refused
from firstwin.people.audit import record
from firstwin.people.models import Undo, User

LASTS = timedelta(hours=1)


class TakeBack(Protocol):
    def __call__(self, *, by: User, payload: dict[str, Any], now: datetime) -> object: ...


_ways: dict[str, TakeBack] = {}


def undoable(verb: str) -> Callable[[TakeBack], TakeBack]:
    """Register how deeds named `verb` are taken back. Runs in one transaction with the mark of its use."""

    def register(way: TakeBack) -> TakeBack:
        if verb in _ways:
            raise RuntimeError(f"{verb} can already be undone")
        _ways[verb] = way
        return way

    return register


def offer_undo(*, by: User, verb: str, payload: dict[str, Any], says: str, now: datetime) -> Undo:
    """Keep how to take back what `by` just did. `says` is the toast: "Ada Lovelace disabled"."""
    if verb not in _ways:
        raise RuntimeError(f"nothing knows how to undo {verb}")
    return Undo.objects.create(
        user=by, verb=verb, payload=payload, says=says[:200], made_at=now, expires_at=now + LASTS
    )


def use_undo(*, by: User, pk: int, now: datetime) -> Undo:
    """Take it back, once. Raises NotFound for another person's, Refused when used or expired."""
    undo = Undo.objects.filter(pk=pk, user=by).first()
    if undo is None:
        raise NotFound("There is no such thing to undo.")
    if now >= undo.expires_at:
        raise Refused("This can no longer be undone: more than an hour has passed.")
    with transaction.atomic():
        # Compare and swap: of two clicks at once, one wins.
        if not Undo.objects.filter(pk=pk, used_at__isnull=True).update(used_at=now):
            raise Refused("This was already undone.")
        _ways[undo.verb](by=by, payload=undo.payload, now=now)
        record(by=by, did="undo.used", on=undo, now=now, after={"verb": undo.verb})
    undo.used_at = now
    return undo
