"""Customers that events name and nobody matched to an account yet, with what they may be."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from firstwin.accounts.models import AccountExternalId, Domain
from firstwin.accounts.scope import AccountSet
from firstwin.core.text import fold
from firstwin.usage.models import Source
from firstwin.usage.store.models import Actor, Place, Residence

PAGE = 100
_COUNTED = 10_000


@dataclass(frozen=True)
class Suggestion:
    """An account it may be, and why."""

    key: str
    name: str
    why: str


@dataclass(frozen=True)
class Unknown:
    place: Place
    source_name: str
    suggestion: Suggestion | None

    @property
    def called(self) -> str:
        return self.place.name or self.place.key


def unknown_places() -> "QuerySet[Place]":
    """Those that wait for a person, the busiest first."""
    rows = Place.objects.filter(account__isnull=True, is_ignored=False).exclude(source=0)
    return rows.order_by("-events", "pk")


def unknown_count() -> int:
    return unknown_places().order_by()[:_COUNTED].count()


def ignored_places() -> "QuerySet[Place]":
    return Place.objects.filter(is_ignored=True).order_by("-events", "pk")


def shown(places: Sequence[Place], scope: AccountSet) -> list[Unknown]:
    """With a suggestion for each. Four queries, however many."""
    names = dict(Source.objects.values_list("pk", "name"))
    found = suggestions(places, scope)
    return [Unknown(place, names.get(place.source, f"Source {place.source}"), found.get(place.pk)) for place in places]


def suggestions(places: Sequence[Place], scope: AccountSet) -> dict[int, Suggestion]:
    """Place → the one account that its id, its domain or its name speaks for. Where two do, nothing is said."""
    by_id = _ids({place.key for place in places}, scope)
    by_domain = _domains({place.domain.casefold() for place in places if place.domain}, scope)
    by_name = _names({fold(place.name) for place in places if place.name}, scope)
    found: dict[int, Suggestion] = {}
    for place in places:
        for among, why in (
            (by_id[place.key], "it has this id elsewhere"),
            (by_domain[place.domain.casefold()], f"its domain is {place.domain}"),
            (by_name[fold(place.name)], "it has this name"),
        ):
            if len(among) == 1:
                found[place.pk] = Suggestion(*next(iter(among)), why)
                break
    return found


def unplaced_people() -> int:
    """People that events name and of whom nobody knows who they are or where: at most ten thousand are counted."""
    somewhere = Residence.objects.filter(actor=OuterRef("pk"))
    rows = Actor.objects.filter(~Exists(somewhere), person__isnull=True, same_as__isnull=True, key__startswith="u:")
    return rows[:_COUNTED].count()


Found = dict[str, set[tuple[str, str]]]


def _ids(keys: Collection[str], scope: AccountSet) -> Found:
    rows = AccountExternalId.objects.filter(scope.q("account_id"), external_id__in=keys)
    return _by_account(rows.values_list("external_id", "account_id"), scope)


def _domains(names: Collection[str], scope: AccountSet) -> Found:
    rows = Domain.objects.filter(scope.q("account_id"), name__in=names)
    return _by_account(rows.values_list("name", "account_id"), scope)


def _names(folded: Collection[str], scope: AccountSet) -> Found:
    found: Found = defaultdict(set)
    for name, key, said in scope.now().filter(name_folded__in=folded).values_list("name_folded", "key", "name"):
        found[name].add((key, said))
    return found


def _by_account(pairs: Iterable[tuple[str, int]], scope: AccountSet) -> Found:
    told = list(pairs)
    rows = scope.now().filter(account_id__in={account for _, account in told})
    accounts = {pk: (key, name) for pk, key, name in rows.values_list("account_id", "key", "name")}
    found: Found = defaultdict(set)
    for word, account in told:
        if account in accounts:
            found[word].add(accounts[account])
    return found
