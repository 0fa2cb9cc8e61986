"""What the people of one customer did with the product, as arrays. Pure; the same seed gives the same events.

Only uniform numbers are drawn: their stream is the same in every version of numpy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firstwin.demo.contacts import Contact
from firstwin.demo.deals import Deal
from firstwin.demo.dice import dice_for
from firstwin.demo.usage_course import Course
from firstwin.demo.usage_days import Days, Floats, Ints
from firstwin.demo.usage_words import (
    ACTIVATION,
    FEATURES,
    FIRST_WIN,
    INSIGHT,
    INSTEAD,
    MANAGER,
    MOBILE,
    PLAN,
    PLANNER,
    SITES,
    TEAMS,
    TECHNICIAN,
)

NEVER = 1_000_000
IDENTIFY = -1
"""Stands for a feature where a row only says who somebody is."""

_PRODUCTS = (PLAN, MOBILE, INSIGHT)
_PRODUCT_OF = np.array([_PRODUCTS.index(feature.product) for feature in FEATURES])
_SHARES = np.cumsum(np.array([feature.shares for feature in FEATURES], dtype=float).T, axis=1)
_SHARES /= _SHARES[:, -1:]
_INSTEAD = np.array(INSTEAD)

_HABITS = ((0.10, 0.55), (0.48, 0.22), (1.0, 0.05))
"""(up to this share of those awake, chance of use on a working day)"""

_WAY_OF_ROLE = (
    ("champion", PLANNER, 0.62), ("doer", TECHNICIAN, 0.6), ("accountable", MANAGER, 0.3), ("technical", PLANNER, 0.1),
    ("sponsor", MANAGER, 0.07), ("influencer", MANAGER, 0.05),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody with a seat. contact: their place among the customer's contacts; None for people we know only from use.

    joined: the place of the day they got it in the days.
    """

    kind: int
    rate: float
    team: str
    site: str
    contact: int | None = None
    joined: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """One customer's rows: the seat (its place), the feature (its place in FEATURES, or IDENTIFY), day and moments."""

    seats: list[Seat]
    seat: Ints
    feature: Ints
    day: Ints
    ts: Ints
    received: Ints

    def __len__(self) -> int:
        return len(self.seat)


def use_of(
    seed: str, number: int, course: Course, deal: Deal, contacts: Sequence[Contact], days: Days, *, share: float = 1.0
) -> Use:
    """share: how much of it happens, for very large companies."""
    dice = np.random.Generator(np.random.PCG64(dice_for(seed, number, "events").getrandbits(64)))
    first, last = max(0, days.place_of(course.starts_on)), min(len(days), days.place_of(course.ends_on))
    sold = np.stack([_seats(deal, product, days) for product in _PRODUCTS])
    assigned = sold[0] * np.minimum(1.0, days.line(course.assigned))
    assigned[:first] = assigned[last:] = 0
    seats = _people(dice, course, contacts, int(np.ceil(assigned.max(initial=0.0))))
    there = assigned[None, :] > np.arange(len(seats))[:, None]
    _let_go(there, seats, contacts, days)
    seats = [_joined(seat, row) for seat, row in zip(seats, there, strict=True)]
    rates = np.array([seat.rate for seat in seats]) * share
    chance = np.where(there, rates[:, None] * _busy(dice, course, days)[None, :], 0.0)
    who, day = np.nonzero(dice.random(chance.shape) < chance)
    many = 1 + np.floor(-0.62 * np.log1p(-dice.random(len(who)))).astype(np.int64)
    who, day = np.repeat(who, many), np.repeat(day, many)
    feature = _features(dice, np.array([seat.kind for seat in seats], dtype=np.int64)[who], day, sold > 0, course, days)
    return _rows(dice, seats, _with_milestones(dice, who, feature, day, there, course, days), there, days)


def _seats(deal: Deal, product: str, days: Days) -> Floats:
    found = np.zeros(len(days))
    for line in deal.lines:
        for version in line.versions if line.product == product else ():
            if version.until_on is None:
                ends = len(days) if version.ends_on is None else max(0, days.place_of(version.ends_on))
                found[max(0, days.place_of(version.starts_on)) : ends] += version.quantity
    return found


def _people(dice: np.random.Generator, course: Course, contacts: Sequence[Contact], many: int) -> list[Seat]:
    """Those we know first, then as many as there are seats given out."""
    roll = dice.random((many, 3))
    teams, sites = min(len(TEAMS), 1 + many // 12), min(len(SITES), 1 + many // 60)
    known = sorted(range(len(contacts)), key=lambda place: (_way(contacts[place])[1], -place), reverse=True)[:many]
    found = []
    for rank in range(many):
        kind, rate = TECHNICIAN if roll[rank, 0] < 0.66 else PLANNER if roll[rank, 0] < 0.88 else MANAGER, 0.0
        if rank < len(known):
            kind, rate = _way(contacts[known[rank]])
        elif roll[rank, 1] > course.asleep:
            awake = (roll[rank, 1] - course.asleep) / (1 - course.asleep)
            rate = next(rate for upto, rate in _HABITS if awake <= upto)
        # Later people are of later teams: a customer that grows brings new ones.
        team = int(min(rank / many * teams + 0.6 * roll[rank, 2], teams - 1))
        found.append(Seat(kind, rate, TEAMS[team], SITES[rank % sites], known[rank] if rank < len(known) else None))
    return found


def _way(contact: Contact) -> tuple[int, float]:
    return next(((kind, rate) for role, kind, rate in _WAY_OF_ROLE if role in contact.roles), (PLANNER, 0.12))


def _let_go(there: NDArray[np.bool_], seats: Sequence[Seat], contacts: Sequence[Contact], days: Days) -> None:
    """People we know use it from the day they join to the day they leave."""
    for row, seat in zip(there, seats, strict=True):
        if seat.contact is not None:
            contact = contacts[seat.contact]
            row[: max(0, days.place_of(contact.joined_on))] = False
            if contact.left_on is not None:
                row[max(0, days.place_of(contact.left_on)) :] = False


def _joined(seat: Seat, there: NDArray[np.bool_]) -> Seat:
    joined = int(there.argmax()) if there.any() else NEVER
    return Seat(seat.kind, seat.rate, seat.team, seat.site, seat.contact, joined)


def _busy(dice: np.random.Generator, course: Course, days: Days) -> Floats:
    """How strong use is on each day, by the course, the season, what came in between, and chance."""
    busy = days.line(course.levels) * (days.week_round_the_clock if course.works_weekends else days.week)
    for day, length, height in course.waves:
        place = days.place_of(day)
        busy[max(0, place) : max(0, place + length)] *= height
    for start, end in course.away:
        busy[max(0, days.place_of(start)) : max(0, days.place_of(end))] = 0
    return np.asarray(busy * (0.86 + 0.28 * dice.random(len(days))))


def _features(
    dice: np.random.Generator, kinds: Ints, day: Ints, sold: NDArray[np.bool_], course: Course, days: Days
) -> Ints:
    """What each of them did; what is not theirs on that day is replaced by what everybody does."""
    start = days.place_of(course.starts_on)
    roll = dice.random((len(FEATURES), 2))
    since = np.array(
        [
            start + feature.from_day * (1 + 2 * wait) if chance < feature.chance else NEVER
            for feature, (chance, wait) in zip(FEATURES, roll.tolist(), strict=True)
        ]
    )
    since[ACTIVATION] = NEVER if course.activated_on is None else days.place_of(course.activated_on)
    drawn, found = dice.random(len(kinds)), np.zeros(len(kinds), dtype=np.int64)
    for kind, shares in enumerate(_SHARES):
        these = kinds == kind
        found[these] = np.searchsorted(shares, drawn[these], side="right")
    theirs = (day >= since[found]) & sold[_PRODUCT_OF[found], day]
    return np.where(theirs, found, _INSTEAD[kinds])


def _with_milestones(
    dice: np.random.Generator, who: Ints, feature: Ints, day: Ints, there: NDArray[np.bool_], course: Course, days: Days
) -> tuple[Ints, Ints, Ints]:
    """The first schedule and the first cleared backlog on their days, and a backlog cleared about monthly since.

    For customers older than the window they stand before it: that much was known of the past when it began.
    """
    extra: list[tuple[int, int]] = []
    if course.activated_on is not None:
        extra.append((ACTIVATION, days.place_of(course.activated_on)))
    if course.first_win_on is not None:
        won = days.place_of(course.first_win_on)
        extra.append((FIRST_WIN, won))
        if there.any():
            used = np.nonzero(there.any(axis=0))[0]
            month = used[used > won][:: 22 + int(dice.random() * 16)][1:]
            extra += [(FIRST_WIN, int(place)) for place in month]
    by = [_somebody(there, place) for _, place in extra]
    kept = [(who_, *what) for who_, what in zip(by, extra, strict=True) if who_ is not None]
    if not kept:
        return who, feature, day
    added = np.array(kept, dtype=np.int64)
    return (
        np.concatenate([who, added[:, 0]]), np.concatenate([feature, added[:, 1]]), np.concatenate([day, added[:, 2]])
    )  # fmt: skip


def _somebody(there: NDArray[np.bool_], place: int) -> int | None:
    """The first who has a seat on that day; before the window, the first who ever had one."""
    if not len(there):
        return None
    column = there[:, place] if 0 <= place < there.shape[1] else there.any(axis=1)
    return int(column.argmax()) if column.any() else None


def _rows(
    dice: np.random.Generator, seats: list[Seat], did: tuple[Ints, Ints, Ints], there: NDArray[np.bool_], days: Days
) -> Use:
    joined = np.array([(rank, seat.joined) for rank, seat in enumerate(seats) if seat.joined != NEVER], dtype=np.int64)
    joined = joined.reshape(-1, 2)
    who, feature, day = did
    second = (6.5 + 11.5 * (dice.random(len(who)) + dice.random(len(who))) / 2) * 3_600
    who = np.concatenate([joined[:, 0], who])
    feature = np.concatenate([np.full(len(joined), IDENTIFY, dtype=np.int64), feature])
    day = np.concatenate([joined[:, 1], day])
    second = np.concatenate([6 * 3_600 + joined[:, 0] * 1.5, second])
    before = day < 0
    start = np.where(before, days.starts[0] + day * 86_400_000_000, days.starts[np.where(before, 0, day)])
    ts = start + (second * 1e6).astype(np.int64)
    return Use(seats, who, feature, day + days.first, ts, _received(dice, ts, days))


def _received(dice: np.random.Generator, ts: Ints, days: Days) -> Ints:
    """A second or so later; phones without a signal hours or days later. Never after the last day."""
    lag = 0.3e6 + 2.2e6 * dice.random(len(ts))
    offline = dice.random(len(ts)) < 0.012
    lag = np.where(offline, 3_600e6 * (0.5 + 110 * dice.random(len(ts)) ** 4), lag)
    return np.asarray(np.maximum(ts, np.minimum(ts + lag.astype(np.int64), days.starts[-1] - 1_000_000)))
