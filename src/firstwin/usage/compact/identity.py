"""What calls told about people and customers, into the store. Safe to repeat: what is known already changes nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, models, transaction

from firstwin.core.failpoints import failpoint
from firstwin.usage.compact.links import settle_links
from firstwin.usage.compact.looking import add_rows, rows_among, set_column
from firstwin.usage.compact.telling import HOUR, Told
from firstwin.usage.compact.times import micros, moment_of
from firstwin.usage.store.models import Actor, ActorTrait, Link, Place, Residence
from firstwin.usage.store.router import EVENTS

_HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Moved:
    """What changed: actors of whom something new is known, places whose name or domain changed. Of the actors it is
    kept that they changed (`Actor.is_told`) until the other database knows."""

    actors: set[int] = field(default_factory=set)
    places: set[int] = field(default_factory=set)


def keep_told(told: Told, *, now: datetime) -> Moved:
    """Store these statements, all or none of them."""
    moved = Moved()
    failpoint("compact.identity.before")
    with transaction.atomic(using=EVENTS):
        moved.actors |= _keep_homes(told, now)
        _keep_traits(told, now)
        linked = _keep_links(told, now)
        moved.actors |= linked | settle_links(linked)
        moved.actors |= _keep_words(
            Actor, ("name", "name_at"), {pk: (at, (text,)) for pk, (at, text) in told.names.items()}
        )
        moved.actors |= _keep_words(
            Actor, ("email", "email_at"), {pk: (at, (text,)) for pk, (at, text) in told.emails.items()}
        )
        moved.places |= _keep_words(
            Place, ("name", "domain", "said_at"), {pk: (at, words) for pk, (at, *words) in told.places.items()}
        )
        set_column(Actor, "is_told", dict.fromkeys(moved.actors, True))
    failpoint("compact.identity.after")
    return moved


def _keep_homes(told: Told, now: datetime) -> set[int]:
    if not told.homes:
        return set()
    rows = _around(Residence, told.homes.values())
    known = {
        (actor, place, micros(at) // HOUR): (pk, micros(at))
        for pk, actor, place, at in rows_among(rows, "actor", _firsts(told.homes), "pk", "actor", "place", "from_at")
    }
    new = {key: at for key, at in told.homes.items() if key not in known}
    earlier = {known[key][0]: at for key, at in told.homes.items() if key in known and at < known[key][1]}
    add_rows(
        Residence,
        ("actor", "place", "from_at", "known_at"),
        [(actor, place, moment_of(at), now) for (actor, place, _), at in sorted(new.items())],
    )
    set_column(Residence, "from_at", {pk: moment_of(at) for pk, at in earlier.items()})
    return {actor for actor, _, _ in new}


def _keep_traits(told: Told, now: datetime) -> None:
    if not told.traits:
        return
    rows = _around(ActorTrait, told.traits.values())
    columns = ("pk", "actor", "kind", "value", "from_at")
    known: dict[tuple[int, str, str, int], tuple[int, int]] = {}
    taken: dict[tuple[int, str, int], tuple[int, str]] = {}
    for pk, actor, kind, value, at in rows_among(rows, "actor", _firsts(told.traits), *columns):
        known[actor, kind, value, micros(at) // HOUR] = (pk, micros(at))
        taken[actor, kind, micros(at)] = (pk, value)
    for key, at in sorted(told.traits.items()):
        actor, kind, value, _ = key
        if key in known and known[key][1] <= at:
            continue
        if key in known:
            ActorTrait.objects.filter(pk=known[key][0]).delete()
        there = taken.get((actor, kind, at))
        if there is None:
            row = ActorTrait.objects.create(actor=actor, kind=kind, value=value, from_at=moment_of(at), known_at=now)
            taken[actor, kind, at] = (row.pk, value)
        elif value < there[1]:  # two at the same moment: any rule will do that does not depend on the order
            ActorTrait.objects.filter(pk=there[0]).update(value=value)
            taken[actor, kind, at] = (there[0], value)


def _keep_links(told: Told, now: datetime) -> set[int]:
    """Returns the actors whose links changed."""
    if not told.links:
        return set()
    found = rows_among(Link.objects.all(), "actor", _firsts(told.links), "pk", "actor", "other", "from_at")
    known = {(actor, other): (pk, micros(at)) for pk, actor, other, at in found}
    new = {key: at for key, at in told.links.items() if key not in known}
    earlier = {key: at for key, at in told.links.items() if key in known and at < known[key][1]}
    add_rows(
        Link,
        ("actor", "other", "from_at", "known_at"),
        [(actor, other, moment_of(at), now) for (actor, other), at in sorted(new.items())],
    )
    set_column(Link, "from_at", {known[key][0]: moment_of(at) for key, at in earlier.items()})
    return {actor for pair in [*new, *earlier] for actor in pair}


def _keep_words(model: type[models.Model], columns: tuple[str, ...], told: dict[int, tuple[int, Any]]) -> set[int]:
    """Write what was told last; of two told at one moment the greater. Returns the rows that say something new."""
    *names, at_name = columns
    found = rows_among(model._default_manager.all(), "id", told, "pk", at_name, *names)
    stands = {pk: (micros(at) if at else 0, words) for pk, at, *words in found}
    changed = {pk: said for pk, said in told.items() if pk in stands and (said[0], list(said[1])) > stands[pk]}
    connection = connections[EVENTS]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(name)} = %s" for name in columns)
    sql = f"update {quote(model._meta.db_table)} set {sets} where id = %s"  # noqa: S608  our own names
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        cursor.executemany(sql, [(*words, adapt(moment_of(at)), pk) for pk, (at, words) in sorted(changed.items())])
    return {pk for pk, (_, words) in changed.items() if list(words) != stands[pk][1]}


def _around(model: type[models.Model], moments: Iterable[int]) -> Any:
    """Rows that may say the same within the hour."""
    told = list(moments)
    span = (moment_of(min(told)) - _HOUR, moment_of(max(told)) + _HOUR)
    return model._default_manager.filter(from_at__range=span)


def _firsts(keys: Collection[tuple[Any, ...]]) -> set[int]:
    return {key[0] for key in keys}
