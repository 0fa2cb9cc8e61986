"""The persons behind actors: matched by id and address, or added where their source may, and joined to accounts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Min

from firstwin.accounts.actions.people import checked_person, folded_email
from firstwin.accounts.actions.receive import (
    UNSAID,
    MembershipSaid,
    PersonSaid,
    receive_memberships,
    receive_people,
    refresh_received,
)
from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account, Membership, Person, PersonExternalId
from firstwin.accounts.timeline import batched
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.usage.compact.looking import rows_among, set_column
from firstwin.usage.models import Source
from firstwin.usage.store.models import Actor, Place, Residence


class Told(NamedTuple):
    """A user of whom a name or an address was told, or who lives somewhere."""

    pk: int
    source: int
    key: str
    name: str
    email: str
    person: int | None
    at: datetime | None


def settle_people(actors: Collection[int], *, now: datetime) -> set[int]:
    """Find or add the persons of these actors, and join them to the accounts they were at. Returns the actors whose
    person became known."""
    settled: set[int] = set()
    for some in batched(sorted(actors), 2_000):
        users = _users(some)
        sources = {source.pk: source for source in Source.objects.filter(pk__in={user.source for user in users})}
        for source in sorted(sources):
            own = [user for user in users if user.source == source]
            settled |= _settle(own, sources[source], now)
    return settled


def _users(actors: Collection[int]) -> list[Told]:
    columns = ("pk", "source", "key", "name", "email", "person", "name_at", "email_at")
    rows = rows_among(Actor.objects.filter(key__startswith="u:"), "id", actors, *columns)
    return [
        Told(pk, source, key, name, email, person, max(filter(None, told_at), default=None))
        for pk, source, key, name, email, person, *told_at in sorted(rows)
    ]


def _settle(users: Sequence[Told], source: Source, now: datetime) -> set[int]:
    homes = _homes(users)
    if source.adds_people:
        welcome = [user for user in users if homes.get(user.pk) and (user.name or user.email)]
        persons = _received(welcome, source, now)
    else:
        persons = {}
    rest = [user for user in users if user.pk not in persons and user.person is None]
    persons |= _matched(rest, source)
    new = {user.pk: persons[user.pk] for user in users if user.pk in persons and user.person != persons[user.pk]}
    if source.adds_people:
        _join(persons, homes, source, now)
    failpoint("compact.people.before")
    set_column(Actor, "person", new)
    failpoint("compact.people.after")
    return set(new)


def _received(users: Sequence[Told], source: Source, now: datetime) -> dict[int, int]:
    said = [one for user in users if (one := _said(user, now)) is not None]
    received = receive_people(said=said, source=source.key, now=now)
    refresh_received(received.touched, now=now)
    failpoint("compact.people.received")
    return received.ids


def _said(user: Told, now: datetime) -> PersonSaid | None:
    """What a person may be called. An address that is none is left out; None when nothing is left."""
    email = user.email
    try:
        checked_person(user.name, email, "")
    except Refused:
        email = ""
    if not (user.name or email):
        return None
    return PersonSaid(
        row=user.pk,
        external_id=user.key.removeprefix("u:"),
        known_at=user.at or now,
        match_email=folded_email(email)[:400] if email else "",
        name=user.name or UNSAID,
        email=email or UNSAID,
    )


def _matched(users: Sequence[Told], source: Source) -> dict[int, int]:
    """Persons we know already: by this source's id, else by an address that one person alone has."""
    keys = {user.key.removeprefix("u:"): user.pk for user in users}
    rows = PersonExternalId.objects.filter(source=source.key, external_id__in=keys)
    found = {keys[external_id]: person for external_id, person in rows.values_list("external_id", "person_id")}
    folded = {user.pk: folded_email(user.email)[:400] for user in users if user.email and user.pk not in found}
    holders: dict[str, set[int]] = defaultdict(set)
    people = Person.objects.filter(email_folded__in=set(folded.values()), removed_at__isnull=True)
    for email, person in people.values_list("email_folded", "pk"):
        holders[email].add(person)
    found |= {pk: next(iter(holders[email])) for pk, email in folded.items() if len(holders.get(email, ())) == 1}
    return found


def _homes(users: Iterable[Told]) -> dict[int, dict[int, datetime]]:
    """Actor → account they were at → since when."""
    rows = Residence.objects.values("actor", "place").annotate(since=Min("from_at"))
    found = rows_among(rows, "actor", {user.pk for user in users}, "actor", "place", "since")
    places: dict[int, int] = dict(
        rows_among(Place.objects.filter(account__isnull=False), "id", {place for _, place, _ in found}, "pk", "account")
    )
    into = survivors(Account, set(places.values()))
    homes: dict[int, dict[int, datetime]] = defaultdict(dict)
    for actor, place, since in found:
        if place in places:
            account = into.get(places[place], places[place])
            homes[actor][account] = min(since, homes[actor].get(account, since))
    return homes


def _join(persons: dict[int, int], homes: dict[int, dict[int, datetime]], source: Source, now: datetime) -> None:
    """Make them members of the accounts they were at, from the first time on; who is one already stays as they are."""
    into = survivors(Person, set(persons.values()))
    since: dict[tuple[int, int], datetime] = {}
    for actor, person in persons.items():
        for account, at in homes.get(actor, {}).items():
            slot = into.get(person, person), account
            since[slot] = min(at, since.get(slot, at))
    members = Membership.objects.standing().filter(person__in={person for person, _ in since})
    known: dict[tuple[int, int], list[tuple[str, datetime]]] = defaultdict(list)
    for person, account, by, at in members.values_list("person_id", "account_id", "source", "valid_from"):
        known[person, account].append((by, at))
    said = [
        MembershipSaid(row=row, person_id=person, account_id=account, known_at=at, has_own_time=True, starts_at=at)
        for row, ((person, account), at) in enumerate(sorted(since.items()))
        if _is_news(known.get((person, account), []), source.key, at)
    ]
    received = receive_memberships(said=said, source=source.key, now=now)
    refresh_received(received.touched, now=now)


def _is_news(known: Sequence[tuple[str, datetime]], source: str, at: datetime) -> bool:
    """Others say better when somebody began; what this source said is only moved back."""
    return all(by == source for by, _ in known) and all(at < since for _, since in known)
