"""Where somebody was whose events named no place: at their home of that day, as `compact.placing` knows it by now."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.accounts.bulk import among
from firstwin.accounts.models import Membership
from firstwin.usage.compact.placing import Home, homes_of
from firstwin.usage.metrics.whose import Whose, numbers_of, store_rows
from firstwin.usage.store.models import Actor, Residence

_FEW = 20_000


def homes_in(actors: npt.NDArray[Any], whose: Whose, known_by: datetime | None) -> list[Home]:
    """Where these actors were, of those who were at one of the asked accounts."""
    if not len(actors):
        return []
    own = _known(actors[actors > 0].astype(np.int64), whose)
    wanted = set(whose.accounts.tolist())
    return [home for home in homes_of(own, known_by) if home.account in wanted] if own else []


def placements(homes: Sequence[Home], whose: Whose) -> dict[str, npt.NDArray[np.int64]]:
    """actor, day_from, day_to, place: where each of these actors was on which days (both included), as places of the
    asked accounts. The places are new numbers of `whose`.
    """
    index = {account: place for place, account in enumerate(whose.accounts.tolist())}
    found = numbers_of([(home.actor, home.from_day, home.to_day, index[home.account]) for home in homes], 4)
    accounts, inverse = np.unique(found[:, 3], return_inverse=True)
    new = whose.add_places(accounts) if len(accounts) else accounts
    return {"actor": found[:, 0], "day_from": found[:, 1], "day_to": found[:, 2], "place": new[inverse]}


def _known(actors: npt.NDArray[np.int64], whose: Whose) -> list[int]:
    """Those of whom anything is known that may lead to one of the accounts: most who name no place are strangers."""
    if not len(actors):
        return []
    if len(whose.accounts) <= _FEW and not whose.is_all:
        some = _group(_of_accounts(whose))
        return _both(actors, some)
    linked = Actor.objects.filter(same_as__isnull=False) | Actor.objects.filter(person__isnull=False)
    rows = store_rows(linked.order_by().values_list("pk", "same_as"))
    told = {actor for (actor,) in store_rows(Residence.objects.order_by().values_list("actor").distinct())}
    told |= {other for pair in rows for other in pair if other}
    told |= {actor for actor, other in rows if other in told}
    return _both(actors, told)


def _both(actors: npt.NDArray[np.int64], some: set[int]) -> list[int]:
    found: list[int] = np.intersect1d(actors, np.array(sorted(some), np.int64)).tolist()
    return found


def _of_accounts(whose: Whose) -> set[int]:
    """Actors told to be at a place of these accounts, and those that are people who worked there."""
    rows = among(Residence.objects.order_by(), "place", whose.places.tolist()).values_list("actor").distinct()
    found = {actor for (actor,) in store_rows(rows)}
    held = among(Membership.objects.order_by(), "account_id", whose.accounts.tolist())
    people = set(held.values_list("person_id", flat=True))
    return found | {pk for (pk,) in store_rows(among(Actor.objects.order_by(), "person", people).values_list("pk"))}


def _group(actors: Collection[int]) -> set[int]:
    """With all other names of the same humans."""
    rows = Actor.objects.filter(same_as__isnull=False).order_by()
    humans = {human for (human,) in store_rows(among(rows, "id", actors).values_list("same_as"))} | set(actors)
    return humans | {pk for (pk,) in store_rows(among(rows, "same_as", humans).values_list("pk"))}
