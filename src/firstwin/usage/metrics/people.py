"""Who used one account: how often, what, since when, and who stopped."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from firstwin.accounts.bulk import among
from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Person
from firstwin.usage.lake.schema import BLOCK
from firstwin.usage.metrics import bits
from firstwin.usage.metrics.asking import NEVER, Ints
from firstwin.usage.metrics.opening import Opened, opened
from firstwin.usage.metrics.pairs import distinct
from firstwin.usage.metrics.reading import PersonUse
from firstwin.usage.metrics.whose import whose
from firstwin.usage.store.models import Actor

DAYS = 28
_FAR = int(np.iinfo(np.int64).max)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


LAPSED_FIRST = {"lapsed": 0, "new": 1, "active": 2}


@dataclass(slots=True)
class Seen:
    """Some people, one value each.  human: the number that stands for them, rising.  first, last: microseconds.

    first_day: a number.  days: mask of the last 56.  events, features: of 28 days.
    """

    human: Ints
    first: Ints
    last: Ints
    first_day: Ints
    days: npt.NDArray[np.uint64]
    events: Ints
    features: Ints

    def __len__(self) -> int:
        return len(self.human)

    def some(self, which: npt.NDArray[Any]) -> "Seen":
        """Those a mask or places tell."""
        return Seen(*(getattr(self, one.name)[which] for one in fields(Seen)))

    @property
    def days_28(self) -> Ints:
        found: Ints = np.bitwise_count(self.days >> np.uint64(DAYS)).astype(np.int64)
        return found

    @property
    def days_28_before(self) -> Ints:
        found: Ints = np.bitwise_count(self.days & np.uint64((1 << DAYS) - 1)).astype(np.int64)
        return found

    def states(self, day: int) -> Ints:
        """As in `LAPSED_FIRST`, at the close of the day."""
        is_new, comes = self.first_day > day - DAYS, self.days >> np.uint64(DAYS) != 0
        return np.where(is_new, LAPSED_FIRST["new"], np.where(comes, LAPSED_FIRST["active"], LAPSED_FIRST["lapsed"]))


def joined(parts: Sequence[Seen]) -> Seen:
    """Of different people."""
    return Seen(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Seen)))


def people_of(account_id: int, on: date, now: datetime, *, known_by: datetime | None = None) -> list[PersonUse]:
    """Everyone who ever used the account up to the close of `on`: most days in 28 first, then those seen last.

    One human is one row, under whatever names they came. All of them are in memory: `crowd` tells of very many.
    """
    with opened(whose([account_id]), on, known_by=known_by, tables=("actor_blocks",)) as lake:
        seen = joined([seen_in(part) for part in lake.people()])
        day = lake.day
    found = uses_of(seen, day)
    return sorted(found, key=lambda one: (-one.days_28, -one.last_seen_at.timestamp(), one.actor))


def seen_in(lake: Opened) -> Seen:
    """Everyone, or those of a part."""
    asked = _mine(lake, lake.ask("people_seen", last=lake.day // BLOCK))
    mask = bits.cut(asked["block"], asked["mask"], last=lake.day)
    told = mask != 0
    asked = {name: values[told] for name, values in asked.items()}
    mask = mask[told]
    human, rows = np.unique(lake.humans(asked["actor"]), return_inverse=True)
    n = len(human)
    found = Seen(
        human, np.full(n, _FAR), np.full(n, NEVER), np.full(n, _FAR), np.zeros(n, np.uint64), np.zeros(n, np.int64),
        np.zeros(n, np.int64),
    )  # fmt: skip
    np.minimum.at(found.first, rows, asked["first_ts"])
    np.minimum.at(found.first_day, rows, bits.first_day(asked["block"], mask))
    np.bitwise_or.at(found.days, rows, bits.window(asked["block"], mask, last=lake.day, days=2 * DAYS))
    # Where the block reaches beyond the day, the events tell.
    within = asked["last_ts"] < int(np.datetime64(lake.until, "us").astype(np.int64))
    np.maximum.at(found.last, rows[within], asked["last_ts"][within])
    _add_events(lake, found)
    if lake.part is not None:
        found.human = found.human + lake.part.base
    return found


def _add_events(lake: Opened, found: Seen) -> None:
    """What they did, and the moment of what they did last."""
    recent = lake.day - DAYS + 1
    begins = min(recent, lake.day // BLOCK * BLOCK)
    asked = _mine(lake, lake.ask("people_events", from_day=begins, to_day=lake.day, recent=recent))
    human = lake.humans(asked["actor"])
    rows = np.searchsorted(found.human, human)
    told = np.isin(human, found.human)
    rows, asked = rows[told], {name: values[told] for name, values in asked.items()}
    np.maximum.at(found.last, rows, asked["last_ts"])
    np.add.at(found.events, rows, asked["events"])
    some = asked["events"] > 0
    span = int(asked["feature"].max(initial=0)) + 1
    pairs = distinct(rows[some] * span + asked["feature"][some])
    np.add.at(found.features, pairs // span, 1)


def _mine(lake: Opened, asked: dict[str, Ints]) -> dict[str, Ints]:
    here = lake.whose.of_places(asked["place"]) >= 0
    return {name: values[here] for name, values in asked.items()}


def uses_of(seen: Seen, day: int) -> list[PersonUse]:
    """In the same order, with their names."""
    named = _named(seen.human.tolist())
    states = {place: word for word, place in LAPSED_FIRST.items()}
    rows = zip(
        seen.human.tolist(), seen.first.tolist(), seen.last.tolist(), seen.days_28.tolist(),
        seen.days_28_before.tolist(), seen.events.tolist(), seen.features.tolist(), seen.states(day).tolist(),
        strict=True,
    )  # fmt: skip
    found = []
    for human, first, last, days, before, events, features, state in rows:
        person, name, subject = named[human]
        found.append(
            PersonUse(
                actor=human,
                person_id=person,
                name=name,
                subject=subject,
                first_seen_at=_EPOCH + timedelta(microseconds=first),
                last_seen_at=_EPOCH + timedelta(microseconds=last),
                days_28=days,
                days_28_before=before,
                events_28=events,
                features_28=features,
                state=states[state],
            )
        )
    return found


def _named(humans: list[int]) -> dict[int, tuple[int | None, str, str]]:
    """By human: the person they are known to be, their name, and what to call them without one."""
    own = {
        pk: (person, str(subject))
        for pk, person, subject in _actors("id", humans).values_list("pk", "person", "subject")
    }
    others = _actors("same_as", humans).filter(person__isnull=False).values_list("same_as", "person").order_by("pk")
    people = {human: person for human, person in others if human is not None}
    people |= {human: person for human, (person, _) in own.items() if person is not None}
    into = survivors(Person, {person for person in people.values() if person is not None})
    people = {human: into.get(person or 0, person) for human, person in people.items()}
    rows = among(Person.objects.filter(removed_at__isnull=True), "id", {one for one in people.values() if one})
    names = dict(rows.values_list("pk", "name"))
    return {
        human: (people.get(human), names.get(people.get(human) or 0, ""), own.get(human, (None, str(human)))[1])
        for human in humans
    }


def _actors(column: str, numbers: list[int]) -> QuerySet[Actor]:
    found: QuerySet[Actor] = among(Actor.objects.order_by(), column, numbers)
    return found
