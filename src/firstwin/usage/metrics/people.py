"""Who used one account: how often, what, since when, and who stopped."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.db.models import QuerySet

from firstwin.accounts.bulk import among
from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Person
from firstwin.usage.lake.schema import BLOCK
from firstwin.usage.metrics import bits
from firstwin.usage.metrics.asking import Ints
from firstwin.usage.metrics.opening import Opened, opened
from firstwin.usage.metrics.reading import PersonUse
from firstwin.usage.metrics.whose import Humans, whose
from firstwin.usage.store.models import Actor

DAYS = 28
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Seen:
    """first, last: microseconds.  days: mask of the last 56 days.  features: by number, events in 28 days."""

    first: int = np.iinfo(np.int64).max
    last: int = np.iinfo(np.int64).min
    first_day: int = np.iinfo(np.int64).max
    days: int = 0
    features: dict[int, int] = field(default_factory=dict)


def people_of(account_id: int, on: date, now: datetime, *, known_by: datetime | None = None) -> list[PersonUse]:
    """Everyone who ever used the account up to the close of `on`: most days in 28 first, then those seen last.

    One human is one row, under whatever names they came.
    """
    with opened(whose([account_id]), on, known_by=known_by, tables=("actor_blocks",)) as lake:
        seen = _seen(lake)
        day = lake.day
    named = _named(list(seen))
    found = [_use(human, one, day, *named[human]) for human, one in seen.items()]
    return sorted(found, key=lambda one: (-one.days_28, -one.last_seen_at.timestamp(), one.actor))


def _seen(lake: Opened) -> dict[int, _Seen]:
    asked = _mine(lake, lake.ask("people_seen", last=lake.day // BLOCK))
    mask = bits.cut(asked["block"], asked["mask"], last=lake.day)
    told = mask != 0
    asked = {name: values[told] for name, values in asked.items()}
    mask = mask[told]
    recent = bits.window(asked["block"], mask, last=lake.day, days=2 * DAYS)
    until = int(np.datetime64(lake.until, "us").astype(np.int64))
    humans = Humans(asked["actor"])
    first_day = bits.first_day(asked["block"], mask)
    found: dict[int, _Seen] = {}
    rows = zip(
        humans.of(asked["actor"]).tolist(), asked["first_ts"].tolist(), asked["last_ts"].tolist(), recent.tolist(),
        first_day.tolist(), strict=True,
    )  # fmt: skip
    for human, first, last, days, began in rows:
        one = found.setdefault(human, _Seen())
        one.first, one.first_day = min(one.first, first), min(one.first_day, began)
        one.days |= days
        if last < until:  # else the block reaches beyond the day: the events tell
            one.last = max(one.last, last)
    _add_events(lake, found)
    return found


def _add_events(lake: Opened, found: dict[int, _Seen]) -> None:
    """What they did, and the moment of what they did last."""
    recent = lake.day - DAYS + 1
    begins = min(recent, lake.day // BLOCK * BLOCK)
    asked = _mine(lake, lake.ask("people_events", from_day=begins, to_day=lake.day, recent=recent))
    humans = Humans(asked["actor"]).of(asked["actor"]).tolist()
    rows = zip(humans, asked["feature"].tolist(), asked["events"].tolist(), asked["last_ts"].tolist(), strict=True)
    for human, feature, events, last in rows:
        one = found[human]
        one.last = max(one.last, last)
        if events:
            one.features[feature] = one.features.get(feature, 0) + events


def _mine(lake: Opened, asked: dict[str, Ints]) -> dict[str, Ints]:
    here = lake.whose.of_places(asked["place"]) >= 0
    return {name: values[here] for name, values in asked.items()}


def _use(human: int, one: _Seen, day: int, person: int | None, name: str, subject: str) -> PersonUse:
    now, before = one.days >> DAYS, one.days & ((1 << DAYS) - 1)
    is_new = one.first_day > day - DAYS
    return PersonUse(
        actor=human,
        person_id=person,
        name=name,
        subject=subject,
        first_seen_at=_EPOCH + timedelta(microseconds=one.first),
        last_seen_at=_EPOCH + timedelta(microseconds=one.last),
        days_28=now.bit_count(),
        days_28_before=before.bit_count(),
        events_28=sum(one.features.values()),
        features_28=len(one.features),
        state="new" if is_new else "active" if now else "lapsed",
    )


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
