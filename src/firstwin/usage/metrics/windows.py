"""Who was active: in 1, 7 and 28 days, and ever."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.usage.lake.schema import BLOCK
from firstwin.usage.metrics import bits
from firstwin.usage.metrics.columns import Ints
from firstwin.usage.metrics.opening import Opened
from firstwin.usage.metrics.pairs import Pairs, count_by, pairs_of, sum_by
from firstwin.usage.metrics.whose import Humans

DAYS = 28
_DAY, _WEEK = np.uint64(1 << DAYS - 1), np.uint64(((1 << 7) - 1) << DAYS - 7)


@dataclass(slots=True)
class People:
    """By account: distinct people active on the day, in 7 and 28 days, ever; the sum over 28 days of those of each day.

    account, human: each pair active in 28 days.  actors: all names under which somebody was active in the window.
    """

    active_1: Ints
    active_7: Ints
    active_28: Ints
    ever: Ints
    person_days: Ints
    account: npt.NDArray[Any]
    human: npt.NDArray[Any]
    actors: npt.NDArray[Any]


def people_in(lake: Opened) -> People:
    """Distinct people with any use that is not ignored, by the days of the installation's time zone."""
    n = len(lake.whose.accounts)
    first, last = (lake.day - DAYS + 1) // BLOCK, lake.day // BLOCK
    recent = lake.ask("people", first=first, last=last)
    before = lake.ask("people_before", before=first)
    place, actor = (np.concatenate([recent[name], before[name]]) for name in ("place", "actor"))
    account = lake.whose.of_places(place)
    mask = bits.cut(recent["block"], recent["mask"], last=lake.day)
    counts = account >= 0
    counts[: len(mask)] &= mask != 0
    human = Humans(actor).of(actor)
    rows = np.flatnonzero(counts) if not counts.all() else slice(None)
    pairs = pairs_of(account[rows], human[rows])
    days = np.zeros(len(pairs.account), np.uint64)
    some = counts[: len(mask)]
    window = bits.window(recent["block"][some], mask[some], last=lake.day, days=DAYS)
    # Rows of the window come first, so theirs are the first slots.
    np.bitwise_or.at(days, pairs.slots[: len(window)], window)
    return _counted(n, pairs, days, actor[: len(mask)][some])


def _counted(n: int, pairs: Pairs, days: npt.NDArray[np.uint64], actors: npt.NDArray[Any]) -> People:
    account = pairs.account
    here = days != 0
    return People(
        active_1=count_by(account[(days & _DAY) != 0], n),
        active_7=count_by(account[(days & _WEEK) != 0], n),
        active_28=count_by(account[here], n),
        ever=count_by(account, n),
        person_days=sum_by(account[here], np.bitwise_count(days[here]), n),
        account=account[here],
        human=pairs.human[here],
        actors=actors,
    )
