"""Numbers for the names that events carry: of customers, people and events. Names that are new get a row.

Only the names at hand are looked up, so memory does not grow with how many there are. Rows are committed before
anything refers to them; one that nothing refers to after all does no harm.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from uuid import uuid4

import numpy as np
import numpy.typing as npt
from django.db import connections, models, transaction
from django.db.models.functions import Cast

from firstwin.usage.compact.looking import add_rows, moments_given, rows_among
from firstwin.usage.compact.times import moment_of
from firstwin.usage.models import LakeSetting
from firstwin.usage.store.models import Actor, EventName, Place
from firstwin.usage.store.router import EVENTS

Numbers = npt.NDArray[np.int64]

OTHER = ("track", "(other)")
"""The event name under which names beyond the limit are counted."""


class Met:
    """Names of customers or people that were met lately: their numbers, and when each was first heard of.

    It may be kept from one cycle to the next: nobody takes a name out of the store or gives it another number.
    """

    def __init__(self, model: type[models.Model], add: "Add") -> None:
        self._model, self._add = model, add
        self._forget()

    def _forget(self) -> None:
        self._places: dict[int, dict[str, int]] = {}
        self._numbers = np.empty(0, dtype=np.int64)
        self._firsts = np.empty(0, dtype=np.int64)
        self._earlier: set[int] = set()

    def numbers(self, source: int, keys: Sequence[str], firsts: Numbers) -> Numbers:
        """firsts: the moment at which each of these keys, which are distinct, was first heard of by now."""
        known = self._places.setdefault(source, {})
        places = _places_of(known, keys)
        unmet = np.flatnonzero(places < 0)
        if len(unmet):
            wanted = [keys[row] for row in unmet.tolist()]
            self._meet(source, list(zip(wanted, firsts[unmet].tolist(), strict=True)))
            places[unmet] = _places_of(known, wanted)
        is_earlier = firsts < self._firsts[places]  # events may come late
        if is_earlier.any():
            self._firsts[places[is_earlier]] = firsts[is_earlier]
            self._earlier.update(places[is_earlier].tolist())
        return self._numbers[places]

    def settle(self) -> None:
        """Write down what turned out to have been heard of before: once a cycle."""
        if self._earlier:
            places = sorted(self._earlier)
            with transaction.atomic(using=EVENTS):  # by itself each row would be flushed to the disk
                _set_earlier(self._model, self._numbers[places].tolist(), self._firsts[places].tolist())
            self._earlier.clear()
        if len(self._numbers) > MOST_MET:
            self._forget()

    def _meet(self, source: int, unmet: Sequence[tuple[str, int]]) -> None:
        self._look_up(source, [key for key, _ in unmet])
        known = self._places[source]
        if missing := [(key, first) for key, first in unmet if key not in known]:
            with transaction.atomic(using=EVENTS):
                self._add(source, missing)
            self._look_up(source, [key for key, _ in missing])

    def _look_up(self, source: int, keys: Sequence[str]) -> None:
        rows = self._model._default_manager.filter(source=source).annotate(first=Cast("first_at", models.TextField()))
        found = rows_among(rows, "key", keys, "key", "pk", "first")
        # Moments as both databases write them, in UTC; read all at once: each by itself takes longer than its row.
        firsts = np.array([first.partition("+")[0] for _, _, first in found], dtype="datetime64[us]").astype(np.int64)
        start = len(self._numbers)
        self._places[source].update((key, start + place) for place, (key, _, _) in enumerate(found))
        self._numbers = np.append(self._numbers, np.array([pk for _, pk, _ in found], dtype=np.int64))
        self._firsts = np.append(self._firsts, firsts)


MOST_MET = 200_000
"""Names that are kept from one cycle to the next: some 30 MB."""

Add = Callable[[int, Sequence[tuple[str, int]]], None]
"""Stores keys of a source, each with the moment at which it was first heard of."""


def met_places() -> Met:
    return Met(Place, _add_places)


def met_actors() -> Met:
    """Their keys are `u:…` and `a:…`."""
    return Met(Actor, _add_actors)


def place_numbers(source: int, firsts: Mapping[str, int]) -> dict[str, int]:
    """Place keys of one source, each with the moment it was first heard of → numbers."""
    return _numbered(met_places(), source, firsts)


def actor_numbers(source: int, firsts: Mapping[str, int]) -> dict[str, int]:
    """Actor keys (`u:…`, `a:…`) of one source, each with the moment it was first heard of → numbers."""
    return _numbered(met_actors(), source, firsts)


def _numbered(met: Met, source: int, firsts: Mapping[str, int]) -> dict[str, int]:
    numbers = met.numbers(source, list(firsts), np.array(list(firsts.values()), dtype=np.int64))
    met.settle()
    return dict(zip(firsts, numbers.tolist(), strict=True))


def _places_of(known: Mapping[str, int], keys: Sequence[str]) -> Numbers:
    return np.fromiter(map(known.get, keys, repeat(-1)), dtype=np.int64, count=len(keys))


def _add_places(source: int, firsts: Sequence[tuple[str, int]]) -> None:
    rows = [(source, key, "", "", "", moment_of(first), moment_of(first), 0, False) for key, first in firsts]
    columns = ("source", "key", "how", "name", "domain", "first_at", "last_at", "events", "is_ignored")
    add_rows(Place, columns, rows)


def _add_actors(source: int, firsts: Sequence[tuple[str, int]]) -> None:
    """As `add_rows`; they are so many that each column is made by itself."""
    connection = connections[EVENTS]
    subject = Actor._meta.get_field("subject")
    moments = moments_given([first for _, first in firsts])
    rows = [
        (source, key, subject.get_db_prep_value(uuid4(), connection), at, "", "", False)
        for (key, _), at in zip(firsts, moments, strict=True)
    ]
    table = connection.ops.quote_name(Actor._meta.db_table)
    sql = (  # our own names
        f"insert into {table} (source, key, subject, first_at, name, email, is_told) "  # noqa: S608
        "values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing"
    )
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _set_earlier(model: type[models.Model], numbers: Sequence[int], firsts: Sequence[int]) -> None:
    connection = connections[EVENTS]
    least = "least" if connection.vendor == "postgresql" else "min"
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"update {table} set first_at = {least}(first_at, %s) where id = %s"  # noqa: S608  our own names
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(zip(moments_given(firsts), numbers, strict=True)))


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
