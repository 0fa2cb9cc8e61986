"""What follows when something is learned about an actor or a place: persons found or added, accounts found or opened,
and everybody's figures made anew whom that concerns."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from firstwin.accounts.timeline import batched
from firstwin.usage.compact.identity import Moved
from firstwin.usage.compact.looking import rows_among, set_column
from firstwin.usage.compact.matching import match_places, touch
from firstwin.usage.compact.people import settle_people
from firstwin.usage.compact.placing import homes_of
from firstwin.usage.compact.telling import Told
from firstwin.usage.store.models import Actor, Residence
from firstwin.usage.store.router import EVENTS

_AT_ONCE = 10_000
_PLACES = 500


def know(told: Told, moved: Moved, places: Collection[int], *, now: datetime) -> set[int]:
    """told: what calls said.  moved: what of that is new.  places: those that may mean an account we know by now.
    Returns the places that came to mean one."""
    found = match_places({*places, *moved.places}, now=now)
    spoken = {key[0] for key in (*told.homes, *told.links)} | {*told.names, *told.emails} | moved.actors
    # Not only what moved: a process that died after storing it left the rest to this one.
    waiting = {pk for (pk,) in rows_among(Actor.objects.filter(is_told=True), "id", spoken, "pk")}
    for actors in [sorted(waiting), *residents(found)]:
        settle_people(actors, now=now)
        touch_homes(actors, now=now)
        set_column(Actor, "is_told", dict.fromkeys(actors, False))
    return found


def touch_homes(actors: Collection[int], *, now: datetime) -> None:
    """Mark the accounts that these actors were at: who counts as whom, and where, may have changed."""
    accounts = {home.account for home in homes_of(actors)} if actors else set()
    if accounts:
        with transaction.atomic(using=EVENTS):
            touch(accounts, now=now)


def residents(places: Collection[int]) -> Iterator[list[int]]:
    """Actors of whom a call told that they were there, some at a time."""
    for some in batched(sorted(places), _PLACES):
        few = list(_there(some).values_list("actor", flat=True)[: _AT_ONCE + 1])
        if len(few) <= _AT_ONCE:
            yield sorted(set(few))
        else:
            yield from _many(some)


def _many(places: Collection[int]) -> Iterator[list[int]]:
    for place in places:
        rows = _there([place]).order_by("actor").values_list("actor", flat=True).distinct()
        after = 0
        while actors := list(rows.filter(actor__gt=after)[:_AT_ONCE]):
            yield actors
            after = actors[-1]


def _there(places: Collection[int]) -> QuerySet[Residence]:
    return Residence.objects.filter(place__in=places)
