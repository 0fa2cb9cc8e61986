"""What the numbers in the lake mean by now: places as accounts, actors as humans. Looked up when read, so that merges,
late identity and a place matched by a person need no event to be touched.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.core.exceptions import EmptyResultSet
from django.db import connections

from firstwin.accounts.bulk import among, plain_rows
from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account, Merge
from firstwin.accounts.scope import AccountSet
from firstwin.usage.store.models import Actor, Place
from firstwin.usage.store.router import EVENTS

Numbers = npt.NDArray[np.int64]
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

    def of_places(self, places: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        """The index of the account of each place; -1 where it is none of these."""
        found: npt.NDArray[np.int32] = self.by_place[np.minimum(places, len(self.by_place) - 1)]
        return found

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
    found = np.array(store_rows(rows.values_list("pk", "account").order_by("pk")), np.int64).reshape(-1, 2)
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
    try:
        found = plain_rows(rows.order_by("pk").values_list("pk"))
    except EmptyResultSet:  # nobody can be in the set
        found = []
    return np.array(found, np.int64).reshape(-1), accounts is None or accounts.account_q is None


class Humans:
    """The number that stands for each human: most actors stand for themselves."""

    def __init__(self, actors: npt.NDArray[Any]) -> None:
        most = int(actors.max(initial=0)) + 1
        same = dict(self._same(actors, most))
        self._by_actor = np.arange(most, dtype=np.int64)
        if same:
            ends = np.array([(actor, _end(same, actor)) for actor in same if actor < most], np.int64).reshape(-1, 2)
            self._by_actor[ends[:, 0]] = ends[:, 1]

    def of(self, actors: npt.NDArray[Any]) -> Numbers:
        found: Numbers = self._by_actor[actors]
        return found

    @staticmethod
    def _same(actors: npt.NDArray[Any], most: int) -> list[tuple[int, int]]:
        rows = Actor.objects.filter(same_as__isnull=False).order_by().values_list("pk", "same_as")
        if len(actors) > _FEW:
            return store_rows(rows)
        found: list[tuple[int, int]] = []
        ahead = set(np.unique(actors).tolist())
        while ahead:  # a chain is followed link by link
            some = store_rows(among(rows, "id", sorted(ahead)))
            found += some
            ahead = {other for _, other in some} - {actor for actor, _ in found}
        return found


def _end(same: dict[int, int], start: int) -> int:
    here = start
    for _ in range(100):
        if here not in same:
            return here
        here = same[here]
    return here


def store_rows(rows: Any) -> list[Any]:
    """Plain rows of a `values_list` over the store."""
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connections[EVENTS].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
