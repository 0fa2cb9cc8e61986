"""Where somebody was whose events named no place: at their residence of that day as group calls tell it, else at the
account they are known to work for. The first one known reaches back before itself.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.accounts.bulk import among
from firstwin.accounts.merged import survivors
from firstwin.accounts.models import Account, Membership, Person
from firstwin.core.clock import day_of
from firstwin.usage.lake.days import number_of
from firstwin.usage.metrics.whose import Humans, Whose
from firstwin.usage.store.models import Actor, Place, Residence

FIRST, LAST = -(1 << 31), 1 << 31
"""Days before and after every other."""

Stay = tuple[int, int]
"""(day from which, account)"""


def placements(actors: npt.NDArray[Any], whose: Whose, known_by: datetime | None) -> dict[str, npt.NDArray[np.int64]]:
    """actor, day_from, day_to, place: where each of these actors was on which days, as places of the asked accounts.

    A day belongs to the residence that had begun by its end. The places are new numbers of `whose`.
    """
    own = sorted(int(actor) for actor in actors if actor)
    human = dict(zip(own, Humans(np.array(own, np.int64)).of(np.array(own, np.int64)).tolist(), strict=True))
    both = sorted({*own, *human.values()})
    stays = _residences(both, known_by)
    homeless = [one for one in both if one not in stays]
    works = _work(homeless, known_by) if homeless else {}
    index = {account: place for place, account in enumerate(whose.accounts.tolist())}
    rows: list[tuple[int, int, int, int]] = []
    for actor in own:
        known = stays.get(actor) or stays.get(human[actor]) or works.get(actor) or works.get(human[actor])
        rows += _spans(actor, known, index) if known else []
    found = np.array(rows, np.int64).reshape(-1, 4)
    accounts, inverse = np.unique(found[:, 3], return_inverse=True)
    new = whose.add_places(accounts) if len(accounts) else accounts
    return {"actor": found[:, 0], "day_from": found[:, 1], "day_to": found[:, 2], "place": new[inverse]}


def _spans(actor: int, stays: Sequence[Stay], index: Mapping[int, int]) -> list[tuple[int, int, int, int]]:
    """Half-open days at each account; those at accounts nobody asked for are left out."""
    opens = [FIRST, *(day for day, _ in stays[1:])]
    closes = [*opens[1:], LAST]
    return [
        (actor, opened, closed, index[account])
        for opened, closed, (_, account) in zip(opens, closes, stays, strict=True)
        if account in index and opened < closed
    ]


def _residences(actors: Collection[int], known_by: datetime | None) -> dict[int, list[Stay]]:
    """By actor, in the order in which they began."""
    rows = among(Residence.objects.all(), "actor", actors).order_by("from_at", "pk")
    if known_by is not None:
        rows = rows.filter(known_at__lte=known_by)
    told = list(rows.values_list("actor", "place", "from_at"))
    places = among(Place.objects.filter(account__isnull=False, is_ignored=False), "id", {place for _, place, _ in told})
    accounts = dict(places.values_list("pk", "account"))
    into = survivors(Account, set(accounts.values()))
    found: dict[int, list[Stay]] = defaultdict(list)
    for actor, place, from_at in told:
        account = accounts.get(place) or 0
        found[actor].append((number_of(day_of(from_at)), into.get(account, account)))
    return found


def _work(actors: Collection[int], known_by: datetime | None) -> dict[int, list[Stay]]:
    """By actor, the accounts of the person they are, in the order in which they began there."""
    rows = among(Actor.objects.filter(person__isnull=False), "id", actors)
    people = dict(rows.values_list("pk", "person"))
    into = survivors(Person, set(people.values()))
    people = {actor: into.get(person, person) for actor, person in people.items()}
    held = among(Membership.objects.all(), "person_id", set(people.values())).order_by("valid_from", "pk")
    held = held.standing() if known_by is None else held.known_by(known_by)
    stays: dict[int, list[Stay]] = defaultdict(list)
    for person, account, valid_from in held.values_list("person_id", "account_id", "valid_from"):
        stays[person].append((number_of(day_of(valid_from)), account))
    into = survivors(Account, {account for some in stays.values() for _, account in some})
    return {
        actor: [(day, into.get(account, account)) for day, account in stays[person]]
        for actor, person in people.items()
        if stays.get(person)
    }
