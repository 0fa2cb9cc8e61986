"""Teams and sites of people, by the traits told of them."""

from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.accounts.bulk import among
from firstwin.core.clock import end_of
from firstwin.usage.metrics.opening import Opened
from firstwin.usage.metrics.pairs import Numbers, count_by
from firstwin.usage.metrics.whose import Humans, store_rows
from firstwin.usage.store.models import ActorTrait
from firstwin.usage.store.models.identity import TraitKind

_FEW = 20_000


def breadth(
    opened: Opened, actors: npt.NDArray[Any], accounts: Numbers, people: Numbers
) -> dict[str, npt.NDArray[np.int64]]:
    """`team` and `site` → by account, how many distinct ones its people are of.

    actors: those whose traits may tell.  accounts, people: pairs of an account (index) and a human active at it. What
    counts is the latest value told up to the close of the day; an empty one is none.
    """
    n = len(opened.whose.accounts)
    rows = ActorTrait.objects.filter(from_at__lt=end_of(opened.on))
    if opened.known_by is not None:
        rows = rows.filter(known_at__lte=opened.known_by)
    if len(actors) <= _FEW:
        rows = among(rows, "actor", np.unique(actors).tolist())
    told = store_rows(rows.order_by("from_at", "pk").values_list("actor", "kind", "value"))
    if not told:
        return {kind: np.zeros(n, np.int64) for kind in TraitKind.values}
    who = np.array([actor for actor, _, _ in told], np.int64)
    humans = Humans(who).of(who)
    most = int(max(people.max(initial=0), humans.max(initial=0))) + 1
    found = {}
    for kind in TraitKind.values:
        here = np.array([said == kind for _, said, _ in told], bool)
        codes: dict[str, int] = {}
        named = (value for _, said, value in told if said == kind)
        values = np.array([codes.setdefault(value, len(codes) + 1) if value else 0 for value in named], np.int64)
        of_human = np.zeros(most, np.int64)
        of_human[humans[here]] = values  # the latest, which comes last, stays
        found[kind] = _distinct(accounts, of_human[people], n, len(codes) + 1)
    return found


def _distinct(accounts: Numbers, values: npt.NDArray[np.int64], n: int, span: int) -> npt.NDArray[np.int64]:
    some = values > 0
    keys = np.unique(accounts[some].astype(np.int64) * span + values[some])
    return count_by(keys // span, n)
