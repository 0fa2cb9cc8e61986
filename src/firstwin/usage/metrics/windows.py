"""Who was active: in 1, 7 and 28 days, and ever."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.usage.lake.schema import BLOCK
from firstwin.usage.metrics import bits
from firstwin.usage.metrics.asking import NEVER
from firstwin.usage.metrics.columns import Ints
from firstwin.usage.metrics.opening import Opened, Question
from firstwin.usage.metrics.pairs import Seen, count_by, pairs_of, sum_by

DAYS = 28
_DAY, _WEEK = np.uint64(1 << DAYS - 1), np.uint64(((1 << 7) - 1) << DAYS - 7)


@dataclass(slots=True)
class People:
    """By account: distinct people active on the day, in 7 and 28 days, ever; the sum over 28 days of those of each day.

    account, human: each pair active in 28 days.  actors: all names under which somebody was active in its blocks.
    last: the latest moment that the blocks of the window tell, NEVER where they tell none; cut: places for which they
    reach beyond the day and so hide it.
    """

    active_1: Ints
    active_7: Ints
    active_28: Ints
    ever: Ints
    person_days: Ints
    account: npt.NDArray[Any]
    human: npt.NDArray[Any]
    actors: npt.NDArray[Any]
    last: Ints
    cut: npt.NDArray[Any]


def people_in(lake: Opened) -> People:
    """Distinct people with any use that is not ignored, by the days of the installation's time zone; of a part of the
    people, if `lake` is one."""
    (recent_people, its), (people_before, theirs) = questions(lake)
    recent = _Recent(lake, lake.ask(recent_people, **its))
    ever = Seen()
    ever.see(recent.account, recent.human)
    for part in lake.ask_in_parts(people_before, **theirs):
        account = lake.whose.of_places(part["place"])
        human = lake.humans(part["actor"])
        mine = account >= 0
        if mine.all():
            ever.see(account, human)
        else:
            ever.see(account[mine], human[mine])
    return _counted(lake, recent, ever)


def nobody(n: int) -> People:
    """Of so many accounts."""
    none, zeros = np.zeros(0, np.int64), np.zeros(n, np.int64)
    return People(zeros, zeros, zeros, zeros, zeros, none, none, none, np.full(n, NEVER), none)


def together(one: People, other: People) -> People:
    """Of both, who are different people; who the others are is left out."""
    return People(
        active_1=one.active_1 + other.active_1,
        active_7=one.active_7 + other.active_7,
        active_28=one.active_28 + other.active_28,
        ever=one.ever + other.ever,
        person_days=one.person_days + other.person_days,
        account=one.account,
        human=one.human,
        actors=one.actors,
        last=np.maximum(one.last, other.last),
        cut=np.union1d(one.cut, other.cut),
    )


def questions(lake: Opened) -> list[Question]:
    """What the lake is asked."""
    first = (lake.day - DAYS + 1) // BLOCK
    return [("recent_people", {"first": first, "last": lake.day // BLOCK}), ("people_before", {"before": first})]


class _Recent:
    """Rows of the blocks of the window with any day up to the day.

    last: the account's last moment in them, NEVER where none is told.  cut: places for which a block that reaches
    beyond the day hides it.
    """

    def __init__(self, lake: Opened, asked: dict[str, npt.NDArray[Any]]) -> None:
        mask = bits.cut(asked["block"], asked["mask"], last=lake.day)
        account = lake.whose.of_places(asked["place"])
        rows = np.flatnonzero((account >= 0) & (mask != 0))
        self.account, self.actor = account[rows], asked["actor"][rows]
        self.human = lake.humans(self.actor)
        self.days = bits.window(asked["block"][rows], mask[rows], last=lake.day, days=DAYS)
        moment = asked["last_ts"][rows]
        known = moment < np.datetime64(lake.until, "us").astype(np.int64)
        self.last = np.full(len(lake.whose.accounts), NEVER)
        np.maximum.at(self.last, self.account[known], moment[known])
        self.cut = np.unique(asked["place"][rows[~known]])


def _counted(lake: Opened, recent: _Recent, ever: Seen) -> People:
    n = len(lake.whose.accounts)
    pairs = pairs_of(recent.account, recent.human)
    days = np.zeros(len(pairs.account), np.uint64)
    np.bitwise_or.at(days, pairs.slots, recent.days)
    account = pairs.account
    here = days != 0
    return People(
        active_1=count_by(account[(days & _DAY) != 0], n),
        active_7=count_by(account[(days & _WEEK) != 0], n),
        active_28=count_by(account[here], n),
        ever=ever.by_account(n),
        person_days=sum_by(account[here], np.bitwise_count(days[here]), n),
        account=account[here],
        human=pairs.human[here],
        actors=recent.actor,
        last=recent.last,
        cut=recent.cut,
    )
