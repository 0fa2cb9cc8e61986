"""Use in a very large company: a few people and a few events per customer, enough for every list to have something."""

from collections.abc import Sequence

import numpy as np

from firstwin.demo.contacts import Contact
from firstwin.demo.dice import dice_for
from firstwin.demo.usage_course import Course
from firstwin.demo.usage_days import Days
from firstwin.demo.usage_events import IDENTIFY, Seat, Use
from firstwin.demo.usage_words import ACTIVATION, FEATURES, FIRST_WIN, PLANNER, TEAMS, TECHNICIAN

_OFTEN = tuple(place for place, feature in enumerate(FEATURES) if feature.product == "fernhill-plan")[:6]
_LATELY = 84
"""Days before the end in which there are events."""


def few_of(seed: str, number: int, course: Course, contacts: Sequence[Contact], days: Days) -> Use:
    dice = dice_for(seed, number, "events")
    last = min(len(days), days.place_of(course.ends_on))
    first = max(0, days.place_of(course.starts_on), last - _LATELY)
    here = [place for place, contact in enumerate(contacts) if contact.left_on is None][:2]
    seats = [Seat(PLANNER, 0.1, TEAMS[0], "", place, first) for place in here]
    seats.append(Seat(TECHNICIAN, 0.1, TEAMS[int(dice.random() * 3)], "", None, first))
    rows: list[tuple[int, int, int]] = [(rank, IDENTIFY, first) for rank in range(len(seats)) if first < last]
    for day, feature in ((course.activated_on, ACTIVATION), (course.first_win_on, FIRST_WIN)):
        if day is not None:
            rows.append((0, feature, days.place_of(day)))
    for _ in range(3 + int(dice.random() * 9) if first < last else 0):
        place = first + int(dice.random() * (last - first))
        rows.append((int(dice.random() * len(seats)), _OFTEN[int(dice.random() * len(_OFTEN))], place))
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    second = np.array([7 + 10 * dice.random() for _ in rows]) * 3_600
    start = np.array([_start(place, days) for _, _, place in rows], dtype=np.int64)
    ts = start + (second * 1e6).astype(np.int64)
    return Use(seats, table[:, 0], table[:, 1], table[:, 2] + days.first, ts, ts + 900_000)


def _start(place: int, days: Days) -> int:
    return int(days.starts[place]) if place >= 0 else int(days.starts[0]) + place * 86_400_000_000
