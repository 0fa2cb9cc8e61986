"""What the worker runs beside its jobs: batches are taken up, list rows brought up to date, names matched."""

from functools import cache
from typing import TYPE_CHECKING

from firstwin.core.clock import now
from firstwin.core.companions import Companion, register_companion
from firstwin.core.turns import Turns

if TYPE_CHECKING:
    from firstwin.usage.compact.run import Compactor

_turns = Turns(largest=300, seconds=0.6)
"""Rounds so short that the next one never waits long."""


def register() -> None:
    register_companion(Companion("compactor", compact, rest_seconds=0.5, is_prompt=True))
    # What follows from new events takes turns, one round each: what is ahead of the next one makes nobody wait less.
    register_companion(Companion("usage figures", refresh, rest_seconds=0.5, is_prompt=True, thread="refresh"))
    register_companion(Companion("usage names", match, rest_seconds=60.0))


@cache
def _compactor() -> "Compactor":
    from firstwin.usage.compact.run import Compactor

    return Compactor()


def compact() -> bool:
    """False: all that waited was taken up. What came meanwhile waits a little for more, as a round costs the same
    for one event and for a thousand."""
    from firstwin.usage.compact.run import is_waiting

    began = now()
    return _compactor().once(began) and is_waiting(began)


def refresh() -> bool:
    from firstwin.usage.compact.refresh import refresh_touched

    return refresh_touched(now(), turns=_turns)


def match() -> bool:
    from firstwin.usage.compact.sweep import sweep_names

    return sweep_names(now())
