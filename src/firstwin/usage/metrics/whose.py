"""What the numbers in the lake mean by now: places as accounts, actors as humans. Looked up when read, so that merges,
late identity and a place matched by a person need no event to be touched.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from django.core.exceptions import EmptyResultSet
from django.db import connections

from firstwin.accounts.bulk import among
from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account, Merge
from firstwin.accounts.scope import AccountSet
from firstwin.usage.store.models import Actor, Place

Numbers = npt.NDArray[np.int64]
_DOUBLINGS = 7
"""The longest chain of actors that is followed is 128 links."""

_FEW = 20_000
"""Actors up to which each is looked up; beyond, all links between actors are read."""


@dataclass(slots=True)
class Whose:
    """accounts: ids, rising; elsewhere an account is its index in them.  by_place: index of the account, -1: none.

    is_all: every account there is was asked for.
    """

    accounts: Numbers
    places: Numbers
    by_place: npt.NDArray[np.int32]
    is_all: bool
    _humans: "Humans | None" = field(default=None, repr=False)

    def of_places(self, places: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        """The index of the account of each place; -1 where it is none of these."""
        if int(places.max(initial=0)) >= len(self.by_place):
            places = np.minimum(places, len(self.by_place) - 1)
        found: npt.NDArray[np.int32] = self.by_place[places]
        return found

    def humans(self, actors: npt.NDArray[Any]) -> "Humans":
        """Those of these actors at least. What was looked up for them once is known for whatever is asked after."""
        if self._humans is None or not self._humans.knows(actors):
            self._humans = Humans(actors)
        return self._humans

    def add_places(self, accounts: Numbers) -> Numbers:
        """New numbers for places of these accounts (indexes), which stand in no table."""
        first = len(self.by_place) - 1
        self.by_place = np.concatenate([self.by_place[:-1], accounts.astype(np.int32), _NONE])
        added = np.arange(first, first + len(accounts))
        self.places = np.concatenate([self.places, added])
        return added


_NONE = np.array([-1], np.int32)


def whose(accounts: AccountSet | Collection[int] | None) -> Whose:
    """The places of these accounts (all, removed ones too, when None), with those of accounts merged into them."""
    ids, is_all = _ids(accounts)
    into = survivors(Account, set(Merge.objects.open().values_list("absorbed_id", flat=True)))
    wanted = set(ids.tolist())
    absorbed = [pk for pk, survivor in into.items() if survivor in wanted]
    rows = Place.objects.filter(account__isnull=False, is_ignored=False)
    if not is_all:
        rows = among(rows, "account", [*wanted, *absorbed])
    found = numbers_of(streamed(rows.values_list("pk", "account").order_by("pk")), 2)
    numbers, holders = found[:, 0], found[:, 1]
    for pk, survivor in into.items():
        holders = np.where(holders == pk, survivor, holders)
    index = np.searchsorted(ids, holders)
    index[index == len(ids)] = 0
    mine = ids[index] == holders if len(ids) else np.zeros(len(holders), bool)
    by_place = np.full(int(numbers.max(initial=0)) + 2, -1, np.int32)
    by_place[numbers[mine]] = index[mine]
    return Whose(ids, numbers[mine], by_place, is_all)


def _ids(accounts: AccountSet | Collection[int] | None) -> tuple[Numbers, bool]:
    """(ids, rising; whether they are all there are)."""
    if accounts is not None and not isinstance(accounts, AccountSet):
        return np.unique(np.array(list(accounts), np.int64)), False
    rows = accounts.accounts().rows if accounts is not None else Account.objects.all()
    found = numbers_of(streamed(rows.order_by("pk").values_list("pk")), 1).reshape(-1)
    return found, accounts is None or accounts.account_q is None


class Humans:
    """The number that stands for each human: most actors stand for themselves."""

    def __init__(self, actors: npt.NDArray[Any]) -> None:
        self._of_all = len(actors) > _FEW
        self._asked = np.zeros(0, np.int64) if self._of_all else np.unique(actors)
        links = self._same()
        most = max(int(links.max(initial=0)), int(self._asked.max(initial=0))) + 1
        self._by_actor = np.arange(most, dtype=np.int64)
        self._by_actor[links[:, 0]] = links[:, 1]
        for _ in range(_DOUBLINGS):  # a chain is followed to its end
            self._by_actor[links[:, 0]] = self._by_actor[self._by_actor[links[:, 0]]]

    def knows(self, actors: npt.NDArray[Any]) -> bool:
        return self._of_all or (len(actors) <= _FEW and bool(np.isin(actors, self._asked).all()))

    def of(self, actors: npt.NDArray[Any]) -> Numbers:
        most = int(actors.max(initial=0)) + 1
        if most > len(self._by_actor):
            self._by_actor = np.concatenate([self._by_actor, np.arange(len(self._by_actor), most)])
        found: Numbers = self._by_actor[actors]
        return found

    def _same(self) -> Numbers:
        rows = Actor.objects.filter(same_as__isnull=False).order_by().values_list("pk", "same_as")
        if self._of_all:
            return numbers_of(streamed(rows), 2)
        found: list[tuple[int, int]] = []
        ahead = set(self._asked.tolist())
        while ahead:  # a chain is followed link by link
            some = store_rows(among(rows, "id", sorted(ahead)))
            found += some
            ahead = {other for _, other in some} - {actor for actor, _ in found}
        return numbers_of(found, 2)


def numbers_of(rows: Iterable[tuple[Any, ...]], width: int) -> Numbers:
    """Rows of whole numbers as an array."""
    return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, width)


def streamed(rows: Any) -> Iterator[tuple[Any, ...]]:
    """Plain rows of a `values_list` one after the other: hundreds of thousands of them in memory at a time cost more
    than reading them."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:  # nobody can be in the set
        return
    with connections[rows.db].cursor() as cursor:
        cursor.execute(sql, params)
        yield from cursor


def store_rows(rows: Any) -> list[Any]:
    """The same, all at once."""
    return list(streamed(rows))
