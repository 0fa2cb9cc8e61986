"""What the worker runs beside its jobs: signals follow facts within seconds, and history is told when
the present is shown. And its nightly pass."""

from datetime import time
from typing import Any

from django.db import connection

from firstwin.core import clock
from firstwin.core.companions import Companion, register_companion
from firstwin.core.jobs import register_schedule, task
from firstwin.core.turns import Turns

REST_SECONDS = 0.5

PAST_REST_SECONDS = 5.0

_seen: dict[str, Any] = {"mark": None, "past": None}
_turns = Turns(largest=200, seconds=1.0)
"""Rounds so short that a new fact never waits long."""


def refresh() -> bool:
    """One round. False: nothing lags behind."""
    mark = _mark()
    if mark is not None and mark == _seen["mark"]:
        return False
    from firstwin.signals.refresh.once import refresh_in_turn

    if refresh_in_turn(_turns, now=clock.now):
        return True
    _seen["mark"] = mark
    return False


def look_back() -> bool:
    """One round of telling the past of accounts whose present is shown already; then of listening to what came late,
    and of folding again what that changed. False: there is none left to tell."""
    now = clock.now()
    mark = (_mark(), now.hour)  # accounts are listened to again after an hour
    if mark == _seen["past"]:
        return False
    from firstwin.signals.refresh.again import fold_again_some, hear_some
    from firstwin.signals.refresh.back import look_back_some

    if look_back_some(now) or hear_some(now) or fold_again_some(now):
        return True
    _seen["past"] = mark
    return False


def _mark() -> Any:
    """Something that changes when anybody else writes: looking for what lags costs a scan, this costs nothing."""
    day = clock.today()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("pragma data_version")
        else:
            cursor.execute("select pg_snapshot_xmax(pg_current_snapshot())::text")
        (version,) = cursor.fetchone()
    own = getattr(connection.connection, "total_changes", 0)  # SQLite's version tells only what others wrote
    return day, id(connection.connection), version, own


@task()
def nightly_pass() -> int:
    """Everybody once more; what differs is told. How many accounts differed."""
    from firstwin.signals.refresh.full import full_pass

    return full_pass(clock.now()).differing


def register() -> None:
    """Called once, when the app is ready."""
    register_companion(Companion("signals", refresh, rest_seconds=REST_SECONDS, is_prompt=True, thread="refresh"))
    # A thread of its own: new facts do not wait for history.
    register_companion(Companion("signals.past", look_back, rest_seconds=PAST_REST_SECONDS))
    register_schedule(
        "signals.pass", nightly_pass, "Compute everybody's signals and compare them", daily_at=time(3, 30)
    )
