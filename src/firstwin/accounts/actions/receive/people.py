"""People as a source tells them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from firstwin.accounts.actions.people import new_person
from firstwin.accounts.actions.receive.said import UNSAID, PersonSaid, Received
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.bulk import insert_many
from firstwin.accounts.merged import second_voices
from firstwin.accounts.models import Membership, Person, PersonAddress, PersonExternalId
from firstwin.accounts.timeline import batched
from firstwin.core.errors import Refused
from firstwin.core.failpoints import failpoint
from firstwin.core.text import fold

_COLUMNS = ("name", "email", "email_folded", "phone", "search_text")


def receive_people(*, said: Sequence[PersonSaid], source: str, now: datetime) -> Received:
    """Add the people who are new to us and bring the others up to date.

    Somebody is known by the source's id, else by their address. Two ids of one source with one address and two
    names are two people who share a mailbox. A source changes only people that it added; for others it fills gaps.
    """
    received = Received()
    with transaction.atomic():
        known = _by_id(said, source)
        found = _by_address([one for one in said if one.external_id not in known], source)
        seconds = second_voices(Person, source=source, external_ids=known.keys())
        fresh: list[Person] = []
        edited: dict[int, Person] = {}
        links: dict[str, Person] = {}
        for one in said:
            try:
                person = known.get(one.external_id) if one.external_id else None
                person = person or _same_address(one, found)
                if person is None:
                    person = _new(one, now, source)
                    fresh.append(person)
                    received.new.add(one.row)
                elif one.external_id in seconds:
                    pass  # two records of one source are one person here: the one that stayed says who they are
                elif _edit(person, one, source, now) and person.pk:
                    edited[person.pk] = person
                    received.changed.add(one.row)
            except Refused as problem:
                received.refused[one.row] = problem
                continue
            if one.match_email:
                found.setdefault(one.match_email, []).append((person, one.external_id))
            if one.external_id and one.external_id not in known:
                known[one.external_id] = links[one.external_id] = person
        _store_people(fresh)
        failpoint("receive.people.added")
        _store_links(links, source, now)
        _store_edits(edited)
        _number(said, known, found, received)
    return received


def mention_people(*, source: str, external_ids: Collection[str], now: datetime) -> None:
    """Remember that `source` still speaks of these people. Bookkeeping, not a fact."""
    for some in batched(sorted(external_ids), 2_000):
        PersonExternalId.objects.filter(source=source, external_id__in=some, seen_at__lt=now).update(seen_at=now)


def _by_id(said: Sequence[PersonSaid], source: str) -> dict[str, Person]:
    ids = {one.external_id for one in said if one.external_id}
    rows = PersonExternalId.objects.filter(source=source, external_id__in=ids).select_related("person")
    same: dict[int, Person] = {}  # one object per person: two ids of one person must not edit two copies
    return {row.external_id: same.setdefault(row.person_id, row.person) for row in rows}


Found = dict[str, list[tuple[Person, str]]]
"""Folded address → (person, the id this source has for them or '')."""


def _by_address(said: Sequence[PersonSaid], source: str) -> Found:
    addresses = {one.match_email for one in said if one.match_email}
    people = Person.objects.filter(email_folded__in=addresses, removed_at__isnull=True).order_by("pk")
    by_pk = {person.pk: person for person in people}
    ids = dict(PersonExternalId.objects.filter(source=source, person__in=by_pk).values_list("person_id", "external_id"))
    found: Found = {}
    for person in by_pk.values():
        found.setdefault(person.email_folded, []).append((person, ids.get(person.pk, "")))
    others = PersonAddress.objects.filter(email_folded__in=addresses, person__removed_at__isnull=True)
    for other in others.select_related("person").order_by("person_id"):
        # One human with two addresses, known since two records were merged: never a second record.
        person = by_pk.setdefault(other.person_id, other.person)
        found.setdefault(other.email_folded, []).append((person, ""))
    return found


def _same_address(one: PersonSaid, found: Found) -> Person | None:
    candidates = found.get(one.match_email, []) if one.match_email else []
    if not one.external_id:
        return candidates[0][0] if candidates else None
    for person, external_id in candidates:
        is_same_name = one.name is not UNSAID and fold(person.name) == fold(one.name)
        if not external_id or is_same_name:
            return person
    return None


def _new(one: PersonSaid, now: datetime, source: str) -> Person:
    said = (one.name, one.email, one.phone)
    name, email, phone = ("" if text is UNSAID else text for text in said)
    return new_person(name=name, email=email, phone=phone, now=now, source=source)


def _edit(person: Person, one: PersonSaid, source: str, now: datetime) -> bool:
    """Take over what was said. True when something changed."""

    def settled(column: str, said: object) -> str:
        held: str = getattr(person, column)
        if not isinstance(said, str) or (held and (person.source != source or not said)):
            return held
        return said

    name, email, phone = settled("name", one.name), settled("email", one.email), settled("phone", one.phone)
    wanted = new_person(name=name, email=email, phone=phone, now=now, source=source)
    changed = any(getattr(person, column) != getattr(wanted, column) for column in _COLUMNS)
    for column in _COLUMNS:
        setattr(person, column, getattr(wanted, column))
    return changed


def _store_people(fresh: Sequence[Person]) -> None:
    names = [field.attname for field in Person._meta.concrete_fields if not field.primary_key]
    insert_many(Person, names, [[getattr(person, name) for name in names] for person in fresh])
    ids: dict[str, int] = {}
    for some in batched([person.key for person in fresh], 2_000):
        ids |= dict(Person.objects.filter(key__in=some).values_list("key", "pk"))
    for person in fresh:
        person.pk = ids[person.key]


def _store_links(links: dict[str, Person], source: str, now: datetime) -> None:
    rows = [(person.pk, source, external_id, now, now) for external_id, person in links.items()]
    insert_many(PersonExternalId, ("person_id", "source", "external_id", "recorded_at", "seen_at"), rows)


def _store_edits(edited: dict[int, Person]) -> None:
    if not edited:
        return
    Person.objects.bulk_update(edited.values(), _COLUMNS, batch_size=100)
    Person.objects.filter(pk__in=edited).update(edition=F("edition") + 1)
    bump_revision(set(Membership.objects.open().filter(person__in=edited).values_list("account_id", flat=True)))


def _number(said: Sequence[PersonSaid], known: dict[str, Person], found: Found, received: Received) -> None:
    for one in said:
        if one.row in received.refused:
            continue
        person = known.get(one.external_id) if one.external_id else None
        person = person or next(iter(found.get(one.match_email, [])), (None, ""))[0]
        if person is not None:
            received.ids[one.row] = person.pk
