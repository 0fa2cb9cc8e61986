"""Teams and sites of people, by the traits told of them."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connections

from firstwin.accounts.bulk import among
from firstwin.core.clock import end_of
from firstwin.usage.metrics.opening import Opened
from firstwin.usage.metrics.pairs import Numbers, count_by
from firstwin.usage.metrics.whose import streamed
from firstwin.usage.metrics.windows import People
from firstwin.usage.store.models import ActorTrait
from firstwin.usage.store.models.identity import TraitKind
from firstwin.usage.store.router import EVENTS

_FEW = 400_000
"""So many people are looked up one by one: most have no traits, and reading everybody's takes longer."""


@dataclass(slots=True)
class _Told:
    """Traits in the order in which they came to hold.  human, kind, value: numbers; value 0 is an empty one.

    values: how many distinct ones there are.  since, known: moments as the store gives them, where many days are asked.
    """

    human: Numbers
    kind: Numbers
    value: Numbers
    values: int
    since: Sequence[Any]
    known: Sequence[Any]


def breadth(lake: Opened, people: People) -> dict[str, npt.NDArray[np.int64]]:
    """`team` and `site` → by account, how many distinct ones its people are of.

    What counts is the latest value told up to the close of the day; an empty one is none.
    """
    n = len(lake.whose.accounts)
    told, rows = _told(lake, people.actors)
    most = int(max(people.human.max(initial=0), told.human.max(initial=0))) + 1
    found = {}
    for number, kind in enumerate(TraitKind.values):
        here = rows[told.kind[rows] == number]
        of_human = np.zeros(most, np.int64)
        of_human[told.human[here]] = told.value[here]  # the latest, which comes last, stays
        found[kind] = _distinct(people.account, of_human[people.human], n, told.values + 1)
    return found


def _told(lake: Opened, actors: npt.NDArray[Any]) -> tuple[_Told, Numbers]:
    """Traits, and which of them count."""
    many = lake.many
    if many is None:
        told = _read(lake, actors, lake.on, lake.known_by)
        return told, np.arange(len(told.human))
    if "traits" not in many.kept:
        many.kept["traits"] = _read(lake, many.actors, many.on, many.known_by)
    told = many.kept["traits"]
    rows = np.arange(bisect_left(told.since, _as_stored(end_of(lake.on))))
    if lake.known_by is not None:
        moment = _as_stored(lake.known_by)
        rows = rows[np.array([known <= moment for known in told.known[: len(rows)]], bool)]
    return told, rows


def _read(lake: Opened, actors: npt.NDArray[Any], on: date, known_by: datetime | None) -> _Told:
    asked = ActorTrait.objects.filter(from_at__lt=end_of(on))
    if known_by is not None:
        asked = asked.filter(known_at__lte=known_by)
    if len(actors) <= _FEW:
        asked = among(asked, "actor", np.unique(actors).tolist())
    moments = () if lake.many is None else ("from_at", "known_at")
    rows = streamed(asked.order_by("from_at", "pk").values_list("actor", "kind", "value", *moments))
    columns: list[list[Any]] = [[] for _ in range(3 + len(moments))]
    codes: dict[str, int] = {"": 0}
    named, kinds, values = columns[:3]
    for actor, kind, value, *when in rows:
        named.append(actor)
        kinds.append(_KINDS[kind])
        values.append(codes.setdefault(value, len(codes)))
        for column, moment in zip(columns[3:], when, strict=True):
            column.append(moment)
    who = np.array(named, np.int64)
    since, known = columns[3:] or ((), ())
    return _Told(
        human=lake.whose.humans(who).of(who),
        kind=np.array(kinds, np.int64),
        value=np.array(values, np.int64),
        values=len(codes),
        since=since,
        known=known,
    )


_KINDS = {kind: number for number, kind in enumerate(TraitKind.values)}


def _as_stored(moment: datetime) -> datetime:
    """To compare with what a cursor gives."""
    moment = moment.astimezone(UTC)
    return moment if connections[EVENTS].vendor == "postgresql" else moment.replace(tzinfo=None)


def _distinct(accounts: Numbers, values: npt.NDArray[np.int64], n: int, span: int) -> npt.NDArray[np.int64]:
    some = values > 0
    keys = np.unique(accounts[some].astype(np.int64) * span + values[some])
    return count_by(keys // span, n)
