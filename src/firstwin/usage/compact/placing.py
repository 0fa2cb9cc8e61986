"""Where people were: which customer an event belongs to that names none itself.

An actor's places are those that its calls told (`Residence`), its own and those of the other actors that are the same
human; the first one reaches back before itself. A human of whom no call told any is where the memberships of the person
say, the one that began last where several hold. Whatever becomes known later places earlier events, too.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from firstwin.accounts.bulk import among
from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account, Membership, Person
from firstwin.usage.compact.looking import rows_among, set_column
from firstwin.usage.compact.numbers import Numbers, place_numbers
from firstwin.usage.compact.times import Moments, days_of, micros
from firstwin.usage.store.models import Actor, Place, Residence

FIRST_DAY, LAST_DAY = -100_000, 100_000
"""Before and after any day of an event."""

_ALWAYS = np.iinfo(np.int64).min
_NEVER = np.iinfo(np.int64).max


class Home(NamedTuple):
    """That events of `actor` without a place of their own belong to `account` (who stands for it after merges).

    from_day, to_day: the first and the last day, as numbers of days since 1970-01-01.
    """

    actor: int
    account: int
    from_day: int
    to_day: int


class _Stay(NamedTuple):
    """since, until: half-open, microseconds."""

    since: int
    where: int
    until: int = _NEVER


def homes_of(actors: Collection[int], known_by: datetime | None = None) -> list[Home]:
    """Where these actors were, by day; on the day of a move at the later place. Actors nobody can place are left out.

    known_by: as was known at that moment.
    """
    known = _Known(actors, known_by)
    by_place = _accounts({stay.where for stays in known.homes.values() for stay in stays})
    by_account = survivors(Account, {stay.where for stays in known.jobs.values() for stay in stays})
    found: list[Home] = []
    for actor in sorted(set(actors)):
        stays = known.homes.get(known.human(actor))
        if stays:
            spans = _days([(stay, by_place.get(stay.where, 0)) for stay in stays])
        else:
            jobs = _pieces(known.jobs.get(known.human(actor), []))
            spans = _days([(stay, by_account.get(stay.where, stay.where)) for stay in jobs])
        found += [Home(actor, account, since, until) for account, since, until in spans]
    return found


def places_at(actors: Numbers, ts: Moments) -> Numbers:
    """The place of each event's actor at its moment; 0 where nothing is known."""
    places = np.zeros(len(actors), dtype=np.int64)
    distinct = [int(actor) for actor in np.unique(actors) if actor]
    known = _Known(distinct, None)
    inner = _inner_places({stay.where for stays in known.jobs.values() for stay in stays}, int(ts.min(initial=_NEVER)))
    always: dict[int, int] = {}
    moving: dict[int, tuple[list[int], list[int]]] = {}
    for actor in distinct:
        stays = known.homes.get(known.human(actor)) or [
            _Stay(stay.since, inner.get(stay.where, 0), stay.until)
            for stay in _pieces(known.jobs.get(known.human(actor), []))
        ]
        starts, wheres = _steps(stays)
        if len(starts) == 1:
            always[actor] = wheres[0]
        elif starts:
            moving[actor] = starts, wheres
    for row, (actor, at) in enumerate(zip(actors.tolist(), ts.tolist(), strict=True)):
        if actor in always:
            places[row] = always[actor]
        elif actor in moving:
            starts, wheres = moving[actor]
            places[row] = wheres[bisect_right(starts, at) - 1]
    return places


class _Known:
    """homes: human → stays at places, in order.  jobs: human → stays at accounts, of humans without homes."""

    def __init__(self, actors: Collection[int], known_by: datetime | None) -> None:
        rows = rows_among(Actor.objects.all(), "id", set(actors), "pk", "same_as", "person")
        self._human: dict[int, int] = {pk: same_as or pk for pk, same_as, _ in rows}
        humans = set(self._human.values())
        others = rows_among(Actor.objects.all(), "same_as", humans, "pk", "same_as", "person")
        itself = rows_among(Actor.objects.all(), "id", humans, "pk", "pk", "person")
        members = {pk: (human, person) for pk, human, person in [*others, *itself]}
        self.homes = _homes(members, known_by)
        persons: dict[int, set[int]] = defaultdict(set)
        for human, person in members.values():
            if person and human not in self.homes:
                persons[person].add(human)
        self.jobs = _jobs(persons, known_by)

    def human(self, actor: int) -> int:
        return self._human.get(actor, actor)


def _homes(members: dict[int, tuple[int, int | None]], known_by: datetime | None) -> dict[int, list[_Stay]]:
    rows = Residence.objects.all() if known_by is None else Residence.objects.filter(known_at__lte=known_by)
    found: dict[int, list[_Stay]] = defaultdict(list)
    for actor, place, at in rows_among(rows, "actor", members, "actor", "place", "from_at"):
        found[members[actor][0]].append(_Stay(micros(at), place))
    return {human: sorted(stays) for human, stays in found.items()}


def _jobs(persons: Mapping[int, set[int]], known_by: datetime | None) -> dict[int, list[_Stay]]:
    if not persons:
        return {}
    into = survivors(Person, persons)
    people: dict[int, set[int]] = defaultdict(set)
    for person, humans in persons.items():
        people[into.get(person, person)] |= humans
    standing = Membership.objects.standing() if known_by is None else Membership.objects.known_by(known_by)
    rows = among(standing, "person_id", list(people)).values_list("person_id", "account_id", "valid_from", "valid_to")
    found: dict[int, list[_Stay]] = defaultdict(list)
    for person, account, since, until in rows:
        for human in people[person]:
            found[human].append(_Stay(micros(since), account, micros(until) if until else _NEVER))
    return found


def _pieces(jobs: Sequence[_Stay]) -> list[_Stay]:
    """Overlapping stays as pieces that follow each other: where several hold, the one that began last, then the one
    of the account that was there first."""
    edges = sorted({stay.since for stay in jobs} | {stay.until for stay in jobs if stay.until != _NEVER})
    found: list[_Stay] = []
    for edge, until in zip(edges, [*edges, _NEVER][1:], strict=True):
        held = [stay for stay in jobs if stay.since <= edge < stay.until]
        if held:
            found.append(_Stay(edge, max(held, key=lambda stay: (stay.since, -stay.where)).where, until))
    return found


def _steps(stays: Sequence[_Stay]) -> tuple[list[int], list[int]]:
    """(from when, where): the first reaches back; 0 where somebody was nowhere any more."""
    starts: list[int] = []
    wheres: list[int] = []
    for stay, after in zip(stays, [*stays, None][1:], strict=True):
        _step(starts, wheres, stay.since if starts else _ALWAYS, stay.where)
        if stay.until != _NEVER and (after is None or after.since > stay.until):
            _step(starts, wheres, stay.until, 0)
    return starts, wheres


def _step(starts: list[int], wheres: list[int], since: int, where: int) -> None:
    if not wheres or wheres[-1] != where:
        starts.append(since)
        wheres.append(where)


def _days(stays: Sequence[tuple[_Stay, int]]) -> list[tuple[int, int, int]]:
    """(account, first day, last day) of stays at accounts; 0 is a place that means no account."""
    starts, wheres = _steps([_Stay(stay.since, account, stay.until) for stay, account in stays])
    if not starts:
        return []
    days = [FIRST_DAY, *(int(day) for day in days_of(np.array(starts[1:], dtype=np.int64)))]
    ends = [*(day - 1 for day in days[1:]), LAST_DAY]
    return [
        (account, since, until)
        for account, since, until in zip(wheres, days, ends, strict=True)
        if account and since <= until
    ]


def _accounts(places: Iterable[int]) -> dict[int, int]:
    """Place → the account it means, for those that mean one and are not ignored."""
    rows = Place.objects.filter(account__isnull=False, is_ignored=False)
    found: dict[int, int] = dict(rows_among(rows, "id", places, "pk", "account"))
    into = survivors(Account, set(found.values()))
    return {place: into.get(account, account) for place, account in found.items()}


def _inner_places(accounts: Collection[int], first: int) -> dict[int, int]:
    """Account → the number of the place that stands for it where no source named one."""
    if not accounts:
        return {}
    keys = {f"account:{account}": account for account in accounts}
    numbers = place_numbers(0, dict.fromkeys(keys, first))
    fresh = rows_among(Place.objects.filter(account__isnull=True), "id", numbers.values(), "pk", "key")
    set_column(Place, "account", {pk: keys[key] for pk, key in fresh})
    set_column(Place, "how", {pk: "person" for pk, _ in fresh})
    return {keys[key]: number for key, number in numbers.items()}
