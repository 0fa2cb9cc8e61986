"""Names that meant nothing when their events came, looked at again: accounts and people are added later."""

from datetime import datetime, timedelta

from firstwin.usage.compact.identity import Moved
from firstwin.usage.compact.knowing import know, touch_homes
from firstwin.usage.compact.people import settle_people
from firstwin.usage.compact.telling import Told
from firstwin.usage.store.models import Actor, Place

RECENT = timedelta(days=7)
AT_ONCE = 2_000

_round: dict[str, int] = {"place": 0, "actor": 0}
"""How far the slow round has come: it looks at all that is not known, some of it each time."""


def sweep_names(now: datetime) -> bool:
    """Look at places that sent something lately, and on at the next of all others and of people without a person.
    Returns whether a place was found that means an account."""
    unknown = Place.objects.filter(account__isnull=True, is_ignored=False, source__gt=0).exclude(how="chosen")
    recent = unknown.filter(last_at__gte=now - RECENT).order_by("-events").values_list("pk", flat=True)[:AT_ONCE]
    rest = unknown.filter(pk__gt=_round["place"]).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    turn = list(rest)
    _round["place"] = turn[-1] if len(turn) == AT_ONCE else 0
    found = know(Told(), Moved(), {*recent, *turn}, now=now)
    _sweep_people(now)
    return bool(found)


def _sweep_people(now: datetime) -> None:
    rows = Actor.objects.filter(person__isnull=True, key__startswith="u:", pk__gt=_round["actor"]).order_by("pk")
    turn = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    _round["actor"] = turn[-1] if len(turn) == AT_ONCE else 0
    touch_homes(settle_people(turn, now=now), now=now)
