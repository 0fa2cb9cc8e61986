"""Whom the numbers in events mean, in words: accounts and people as far as the reader may see them."""

from collections.abc import Iterable
from dataclasses import dataclass

from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account, Membership, Person
from firstwin.accounts.scope import AccountSet
from firstwin.usage.store.models import Actor, Place, Residence


@dataclass(frozen=True)
class Customer:
    """What an event says of its customer. key: the source's own name for it; account_key: '' where nobody is known,
    or the reader may not see them. through: how it was found where the event itself named nobody.
    """

    key: str = ""
    account_key: str = ""
    account_name: str = ""
    is_known: bool = False
    is_ignored: bool = False
    through: str = ""


@dataclass(frozen=True)
class Human:
    """What an event says of its person: the source's own id, and whom it means where that is known."""

    key: str = ""
    is_anonymous: bool = False
    person_key: str = ""
    person_name: str = ""


NO_CUSTOMER = Customer()
NOBODY = Human()


class Names:
    """Looks up all numbers of a page at once."""

    def __init__(self, pairs: Iterable[tuple[int, int]], scope: AccountSet) -> None:
        """pairs: (place, actor) of each event."""
        pairs = list(pairs)
        self._actors = _actors({actor for _, actor in pairs if actor})
        homes = _homes({actor for place, actor in pairs if not place and actor})
        self._homes = homes
        places = {place for place, _ in pairs if place} | set(homes.values())
        self._places = {row.pk: row for row in Place.objects.filter(pk__in=places)}
        self._accounts = _accounts({row.account for row in self._places.values() if row.account}, scope)
        self._people = _people({row.person for row in self._actors.values() if row.person}, scope)

    def customer(self, place: int, actor: int) -> Customer:
        through = ""
        if not place and actor in self._homes:
            place, through = self._homes[actor], "by the group its person is in"
        row = self._places.get(place)
        if row is None:
            return NO_CUSTOMER
        key = "" if row.source == 0 else row.key
        through = through or ("by its person" if row.source == 0 else "")
        if row.account is None:
            return Customer(key, is_ignored=row.is_ignored, through=through)
        account_key, name = self._accounts.get(row.account, ("", "an account outside your scope"))
        return Customer(key, account_key, name, True, row.is_ignored, through)

    def human(self, actor: int) -> Human:
        row = self._actors.get(actor)
        if row is None:
            return NOBODY
        known = self._people.get(row.person or 0, ("", ""))
        return Human(row.key[2:], row.key.startswith("a:"), *known)


def _actors(ids: set[int]) -> dict[int, Actor]:
    """By number; one that turned out to be another's takes that one's person."""
    rows = {row.pk: row for row in Actor.objects.filter(pk__in=ids)}
    others = {row.same_as for row in rows.values() if row.same_as and row.person is None}
    persons = dict(Actor.objects.filter(pk__in=others).values_list("pk", "person"))
    for row in rows.values():
        row.person = row.person or persons.get(row.same_as or 0)
    return rows


def _homes(actors: set[int]) -> dict[int, int]:
    rows = Residence.objects.filter(actor__in=actors).order_by("from_at", "pk")
    return dict(rows.values_list("actor", "place"))


def _accounts(ids: set[int], scope: AccountSet) -> dict[int, tuple[str, str]]:
    into = survivors(Account, ids)
    standing = {into.get(pk, pk) for pk in ids}
    seen = {
        pk: (key, name)
        for pk, key, name in scope.now().filter(account_id__in=standing).values_list("account_id", "key", "name")
    }
    return {pk: seen[into.get(pk, pk)] for pk in ids if into.get(pk, pk) in seen}


def _people(ids: set[int], scope: AccountSet) -> dict[int, tuple[str, str]]:
    into = survivors(Person, ids)
    standing = {into.get(pk, pk) for pk in ids}
    rows = Person.objects.filter(pk__in=standing, removed_at__isnull=True)
    if scope.account_q is not None:
        mine = Membership.objects.standing().filter(scope.q("account_id"), person__in=standing)
        rows = rows.filter(pk__in=mine.values("person"))
    seen = {pk: (key, name) for pk, key, name in rows.values_list("pk", "key", "name")}
    return {pk: seen[into.get(pk, pk)] for pk in ids if into.get(pk, pk) in seen}
