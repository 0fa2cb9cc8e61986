"""What follows when something is learned about an actor or a place: persons found or added, accounts found or opened,
and everybody's figures made anew whom that concerns."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import transaction

from firstwin.usage.compact.identity import Moved
from firstwin.usage.compact.matching import match_places, touch
from firstwin.usage.compact.people import settle_people
from firstwin.usage.compact.placing import homes_of
from firstwin.usage.store.models import Residence
from firstwin.usage.store.router import EVENTS

_AT_ONCE = 10_000


def know(moved: Moved, places: Collection[int], *, now: datetime) -> set[int]:
    """moved: of whom something new was told.  places: those that may mean an account we know by now. Returns the
    places that came to mean one."""
    found = match_places({*places, *moved.places}, now=now)
    for actors in [sorted(moved.actors), *residents(found)]:
        settle_people(actors, now=now)
        touch_homes(actors, now=now)
    return found


def touch_homes(actors: Collection[int], *, now: datetime) -> None:
    """Mark the accounts that these actors were at: who counts as whom, and where, may have changed."""
    accounts = {home.account for home in homes_of(actors)} if actors else set()
    if accounts:
        with transaction.atomic(using=EVENTS):
            touch(accounts, now=now)


def residents(places: Collection[int]) -> Iterator[list[int]]:
    """Actors of whom a call told that they were there, some at a time."""
    for place in sorted(places):
        rows = Residence.objects.filter(place=place).order_by("actor").values_list("actor", flat=True).distinct()
        after = 0
        while actors := list(rows.filter(actor__gt=after)[:_AT_ONCE]):
            yield actors
            after = actors[-1]
