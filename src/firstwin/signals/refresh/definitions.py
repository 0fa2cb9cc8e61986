"""The definitions that signals are computed under, all of one edition."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from firstwin.core.conditions import Change, Test
from firstwin.core.errors import FirstwinError
from firstwin.people.config import store
from firstwin.people.config.store import Definition
from firstwin.people.models import ConfigVersion
from firstwin.signals.kinds.scorecard import Measure

logger = logging.getLogger(__name__)

KINDS = ("segment", "experience", "scorecard", "pipeline", "detector")

_MOST = 60
"""Editions kept read: a replay goes through many."""

Defined = Mapping[str, Definition]


@dataclass(frozen=True)
class Broken:
    """A definition that cannot be read any more, with the reason."""

    kind: str
    key: str
    reason: str


@dataclass(frozen=True)
class Definitions:
    """By kind and key. edition: of everything that is defined; grows with every change.

    broken: those that cannot be read any more (a field that is gone). They are left out, never guessed.
    """

    edition: int
    segments: Defined
    experiences: Defined
    scorecards: Defined
    pipelines: Defined
    detectors: Defined
    broken: tuple[Broken, ...] = ()

    def of(self, kind: str) -> Defined:
        """The definitions of one kind."""
        found: Defined = getattr(self, f"{kind}s")
        return found

    @cached_property
    def looked_back(self) -> Mapping[str, tuple[int, ...]]:
        """Key of a field → how many days earlier it is compared with, where something asks how it changed."""
        found: dict[str, set[int]] = {}
        for node in _nodes([one.parsed for kind in KINDS for one in self.of(kind).values()]):
            if isinstance(node, Test) and isinstance(node.value, Change):
                found.setdefault(node.field, set()).add(node.value.within_days)
            elif isinstance(node, Measure) and node.change_days:
                found.setdefault(node.field, set()).add(node.change_days)
        return {key: tuple(sorted(days)) for key, days in found.items()}

    def with_one(self, definition: Definition) -> "Definitions":
        """The same with another version of one definition: a draft to be tried."""
        changed = {**self.of(definition.kind), definition.key: definition}
        return replace(self, **{f"{definition.kind}s": changed})  # type: ignore[arg-type]

    def without(self, kind: str, key: str) -> "Definitions":
        """The same as if one had been removed."""
        left = {name: one for name, one in self.of(kind).items() if name != key}
        return replace(self, **{f"{kind}s": left})  # type: ignore[arg-type]


def _nodes(thing: Any) -> Iterator[Any]:
    """Whatever a definition is made of."""
    yield thing
    parts: Any = ()
    if is_dataclass(thing):
        parts = (getattr(thing, one.name) for one in fields(thing))
    elif isinstance(thing, Mapping):
        parts = thing.values()
    elif isinstance(thing, (list, tuple)):
        parts = thing
    for part in parts:
        yield from _nodes(part)


def definitions_at(moment: datetime | None = None) -> Definitions:
    """As they stand, or as they stood at a moment."""
    latest = _latest(None)
    if moment is None or latest is None or latest[1] <= moment:
        return _kept(latest, latest, None)
    return _kept(latest, _latest(moment), moment)


Mark = tuple[int, datetime]
"""Of the last version by then: its number in the table, and its moment."""

_read: dict[tuple[Mark | None, Mark | None], Definitions] = {}


def _latest(moment: datetime | None) -> Mark | None:
    rows = ConfigVersion.objects.order_by("-pk")
    rows = rows if moment is None else rows.filter(at__lte=moment)
    return rows.values_list("pk", "at").first()


def _kept(latest: Mark | None, stood: Mark | None, moment: datetime | None) -> Definitions:
    """Between two changes every moment finds the same. latest: what ships later stood always."""
    if (latest, stood) not in _read:
        if len(_read) >= _MOST:
            _read.clear()
        _read[latest, stood] = _as_of(stood[0] if stood else 0, moment)
    return _read[latest, stood]


def _as_of(edition: int, moment: datetime | None) -> Definitions:
    broken: list[Broken] = []
    segments, experiences, scorecards, pipelines, detectors = (_readable(kind, moment, broken) for kind in KINDS)
    return Definitions(edition, segments, experiences, scorecards, pipelines, detectors, tuple(broken))


def _readable(kind: str, moment: datetime | None, broken: list[Broken]) -> dict[str, Definition]:
    """All of a kind; where some cannot be read, the others."""
    try:
        return store.definitions(kind, at=moment)
    except (FirstwinError, KeyError) as problem:
        logger.warning("A %s cannot be read: %s", kind, problem)
    found: dict[str, Definition] = {}
    for key in sorted(set(ConfigVersion.objects.filter(kind=kind).values_list("key", flat=True))):
        versions = ConfigVersion.objects.filter(kind=kind, key=key)
        if moment is not None:
            versions = versions.filter(at__lte=moment) or versions.filter(number=1, author=None)
        latest = versions.order_by("-number").first()
        if latest is None or latest.is_removed:
            continue
        try:
            found[key] = store.definition(kind, key, latest.number)
        except (FirstwinError, KeyError) as problem:
            broken.append(Broken(kind, key, str(problem)))
    return found
