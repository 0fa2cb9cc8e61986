"""Numbers for the names that events carry: of customers, people and events. Names that are new get a row.

Only the names at hand are looked up, so memory does not grow with how many there are. Rows are committed before
anything refers to them; one that nothing refers to after all does no harm.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from django.db import models, transaction
from django.db.models.functions import Cast

from firstwin.usage.compact.looking import add_rows, rows_among, set_column
from firstwin.usage.compact.times import moment_of
from firstwin.usage.models import LakeSetting
from firstwin.usage.store.models import Actor, EventName, Place
from firstwin.usage.store.router import EVENTS

Numbers = npt.NDArray[np.int64]

OTHER = ("track", "(other)")
"""The event name under which names beyond the limit are counted."""


class Cache(dict[tuple[int, str], tuple[int, int]]):
    """(source, key) → (number, the moment it was first heard of), of names met in one cycle.

    earlier: number → moment, for names that turn out to have been heard of before: written once, by `settle`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.earlier: dict[int, int] = {}

    def settle(self, model: type[models.Model]) -> None:
        if self.earlier:
            with transaction.atomic(using=EVENTS):  # by itself each row would be flushed to the disk
                set_column(model, "first_at", {pk: moment_of(first) for pk, first in self.earlier.items()})
            self.earlier.clear()


def place_numbers(source: int, firsts: Mapping[str, int], met: Cache | None = None) -> dict[str, int]:
    """Place keys of one source, each with the moment it was first heard of → numbers."""

    def added(keys: Collection[str]) -> None:
        rows = [(source, key, "", "", "", moment_of(firsts[key]), moment_of(firsts[key]), 0, False) for key in keys]
        columns = ("source", "key", "how", "name", "domain", "first_at", "last_at", "events", "is_ignored")
        add_rows(Place, columns, rows)

    return _numbered(Place, source, firsts, added, met)


def actor_numbers(source: int, firsts: Mapping[str, int], met: Cache | None = None) -> dict[str, int]:
    """Actor keys (`u:…`, `a:…`) of one source, each with the moment it was first heard of → numbers."""

    def added(keys: Collection[str]) -> None:
        rows = [(source, key, uuid4(), moment_of(firsts[key]), "", "") for key in keys]
        add_rows(Actor, ("source", "key", "subject", "first_at", "name", "email"), rows)

    return _numbered(Actor, source, firsts, added, met)


def _numbered(
    model: type[models.Model], source: int, firsts: Mapping[str, int], added: Any, met: Cache | None
) -> dict[str, int]:
    if not firsts:
        return {}
    cache = Cache() if met is None else met
    if unmet := [key for key in firsts if (source, key) not in cache]:
        _look_up(cache, model, source, unmet)
    if missing := [key for key in unmet if (source, key) not in cache]:
        with transaction.atomic(using=EVENTS):
            added(missing)
        _look_up(cache, model, source, missing)
    earlier = {key: first for key, first in firsts.items() if first < cache[source, key][1]}
    if earlier:  # events may come late
        cache.earlier.update((cache[source, key][0], first) for key, first in earlier.items())
        cache.update({(source, key): (cache[source, key][0], first) for key, first in earlier.items()})
    if met is None:
        cache.settle(model)
    return {key: cache[source, key][0] for key in firsts}


def _look_up(cache: Cache, model: type[models.Model], source: int, keys: Collection[str]) -> None:
    rows = model._default_manager.filter(source=source).annotate(first=Cast("first_at", models.TextField()))
    found = rows_among(rows, "key", keys, "key", "pk", "first")
    # Moments as both databases write them, in UTC; read all at once, since each by itself takes longer than its row.
    firsts = np.array([first.partition("+")[0] for _, _, first in found], dtype="datetime64[us]").astype(np.int64)
    for (key, pk, _), first in zip(found, firsts.tolist(), strict=True):
        cache[source, key] = pk, first


EventKey = tuple[str, str]
"""(`track`, `page` or `screen`, the name)"""


@dataclass(slots=True)
class Named:
    """Event names → numbers.  beyond: names that have no number of their own, because there are too many."""

    numbers: dict[EventKey, int] = field(default_factory=dict)
    beyond: set[EventKey] = field(default_factory=set)


def name_numbers(firsts: Mapping[EventKey, int], named: Named) -> None:
    """Put these names into `named`, new ones up to the operator's limit."""
    wanted = [key for key in firsts if key not in named.numbers]
    if not wanted:
        return
    named.numbers |= _names(wanted)
    missing = [key for key in wanted if key not in named.numbers]
    if not missing:
        return
    room = max(0, _limit() - EventName.objects.count())
    with transaction.atomic(using=EVENTS):
        _add_names({key: firsts[key] for key in missing[:room]})
    named.numbers |= _names(missing[:room])
    if beyond := missing[room:]:
        other = _other(min(firsts[key] for key in beyond))
        named.numbers |= dict.fromkeys(beyond, other)
        named.beyond.update(beyond)


def _limit() -> int:
    said = LakeSetting.objects.values_list("most_names", flat=True).first()
    return said if said is not None else int(LakeSetting._meta.get_field("most_names").default)


def _names(keys: Iterable[EventKey]) -> dict[EventKey, int]:
    wanted = set(keys)
    found = rows_among(EventName.objects.all(), "name", {name for _, name in wanted}, "kind", "name", "pk")
    return {(kind, name): pk for kind, name, pk in found if (kind, name) in wanted}


def _add_names(firsts: Mapping[EventKey, int]) -> None:
    rows = [(*key, moment_of(first), moment_of(first), 0) for key, first in firsts.items()]
    add_rows(EventName, ("kind", "name", "first_at", "last_at", "events"), rows)


def _other(first: int) -> int:
    found = _names([OTHER])
    if not found:
        with transaction.atomic(using=EVENTS):
            _add_names({OTHER: first})
        found = _names([OTHER])
    return found[OTHER]
