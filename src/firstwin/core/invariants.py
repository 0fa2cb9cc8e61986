"""What must always be true of a running installation. Rooms register checks; `firstwin verify` runs them all."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Invariant:
    """find: (now) → one sentence per problem, none when all is well."""

    key: str
    label: str
    find: Callable[[datetime], list[str]]


@dataclass(frozen=True)
class Finding:
    invariant: Invariant
    problems: tuple[str, ...]


_invariants: dict[str, Invariant] = {}


def register_invariant(key: str, label: str, find: Callable[[datetime], list[str]]) -> None:
    """Add a check. A key registered twice is a mistake in the code and raises ValueError."""
    wanted = Invariant(key, label, find)
    if _invariants.get(key, wanted) != wanted:
        raise ValueError(f"invariant {key!r} is registered twice")
    _invariants[key] = wanted


def invariants() -> list[Invariant]:
    return sorted(_invariants.values(), key=lambda invariant: invariant.key)


def verify(*, now: datetime) -> Iterator[Finding]:
    """Run every check in turn. One that breaks is a problem of its own and does not stop the others."""
    for invariant in invariants():
        try:
            yield Finding(invariant, tuple(invariant.find(now)))
        except Exception as broken:  # whatever a check trips over is exactly what it was asked to find
            logger.exception("Invariant %s could not be checked", invariant.key)
            yield Finding(invariant, (f"could not be checked: {broken}",))
