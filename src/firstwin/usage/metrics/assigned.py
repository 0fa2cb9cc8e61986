"""To whom seats were given: the users whom a source says are at an account, whether they ever came or not."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from firstwin.usage.store.models import Actor, Residence


def assigned(places: Collection[int], until: datetime, known_by: datetime | None) -> int | None:
    """Distinct users told to be at these places before `until` and at no other place since. None: nobody tells.

    Who has only an anonymous id was given no seat.
    """
    told = Residence.objects.filter(from_at__lt=until)
    if known_by is not None:
        told = told.filter(known_at__lte=known_by)
    left = told.filter(actor=OuterRef("actor"), from_at__gt=OuterRef("from_at")).exclude(place__in=places)
    user = Actor.objects.filter(pk=OuterRef("actor"), key__startswith="u:")
    human = Coalesce(Subquery(user.values("same_as")), F("actor"))
    here = told.filter(Exists(user), ~Exists(left), place__in=places)
    found: int = here.aggregate(n=Count(human, distinct=True))["n"]
    return found or None
