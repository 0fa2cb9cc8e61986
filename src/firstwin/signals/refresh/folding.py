"""Stages, and stays in segments, folded from facts by what is known now: in steps of weeks where nobody watched, day by
day since.

Which days are looked at follows from the account alone (when its first contract began, when its past was told). So it
comes out the same alone and among others, at once and in parts, however often.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np
import numpy.typing as npt

from firstwin.core.frames import At
from firstwin.signals.evidence import day_of, number_of
from firstwin.signals.frame.frame import Ints
from firstwin.signals.frame.sitting import Sitting
from firstwin.signals.refresh.compute import pipelines_of, served
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.refresh.presence import Presence
from firstwin.signals.stages.fold import moved
from firstwin.signals.stages.standing import Move, Standings

Mask = npt.NDArray[np.bool_]
Under = Callable[[At], Definitions]

BEGAN = "paying_since"
LONGEST = timedelta(weeks=104).days
"""What happened before is dated to then."""

WATCHED = 8
"""So many days before the past of an account is told each day is looked at: a move of a week ago has its own day."""

_AHEAD = 26
"""Days told to the sitting at once."""


@dataclass(frozen=True)
class Course:
    """Over the accounts of a sitting, days since 1970-01-01.

    told_on: the day on which its past was told.  since: the first day to be looked at; what was before stands.
    """

    told_on: Ints
    since: Ints

    @classmethod
    def of(cls, facts: Sitting, told_on: Mapping[int, date], now: datetime, since: Mapping[int, date]) -> "Course":
        """since: by account, where not everything is to be folded."""
        ids = facts.accounts.tolist()
        told = np.array([number_of(told_on[pk]) for pk in ids], np.int64)
        asked = np.array([number_of(since.get(pk, date.min)) for pk in ids], np.int64)
        return cls(told, np.maximum(asked, _begins(facts, told, At.of(now))))

    def goes(self, day: int) -> Mask:
        """Whose day it is."""
        is_sunday = (day + 4) % 7 == 0
        found: Mask = (self.since <= day) & (is_sunday | (self.told_on - WATCHED <= day))
        return found

    def days(self, until: int) -> list[int]:
        """Those on which anybody's is."""
        first = int(self.since.min(initial=until + 1))
        return [day for day in range(first, until + 1) if self.goes(day).any()]


def folded(
    facts: Sitting,
    course: Course,
    until: date,
    now: datetime,
    *,
    under: Under,
    state: Standings | None = None,
    presence: Presence | None = None,
) -> list[Move]:
    """Every move from each account's first day to `until`, by account and then as they happened.

    state: where accounts stood before (nobody anywhere unless given).  under: the definitions of a day.  presence:
    takes the segments of each of those days.
    """
    close = partial(At.close_of, known_by=now)
    stands, moves = state or Standings.none(len(facts.accounts)), list[Move]()
    days = course.days(number_of(until))
    for place, day in enumerate(days):
        if place % _AHEAD == 0:
            facts.prepare([close(day_of(one)) for one in days[place : place + _AHEAD]])
        stands, some = _step(facts, close(day_of(day)), under, stands, course.goes(day), presence)
        moves += some
    return sorted(moves, key=lambda move: (move.account, move.on))  # stable: within a day as they happened


def _step(
    facts: Sitting, at: At, under: Under, state: Standings, goes: Mask, presence: Presence | None
) -> tuple[Standings, list[Move]]:
    frame, definitions, problems = facts.frame(at), under(at), dict[str, str]()
    held, experience = served(frame, definitions, problems)
    which = pipelines_of(experience, definitions)
    after, moves = moved(frame, definitions.pipelines, which, state, problems=problems)
    mine = set(facts.accounts[goes].tolist())
    state = state.where(goes, after)
    if presence is not None:
        presence.take(frame, definitions, held, state, goes, problems)
    return state, [move for move in moves if move.account in mine]


def _begins(facts: Sitting, told_on: Ints, at: At) -> Ints:
    """Each account's first day: the Sunday on or before the one on which its first contract began. Without one nothing
    lies before the day on which its past was told."""
    if BEGAN not in facts.vocabulary.fields:
        return told_on
    began = facts.frame(at).column(BEGAN)
    first = np.maximum(began.values, told_on - LONGEST)
    sunday = first - (first + 4) % 7
    return np.where(began.known & (first < told_on), sunday, told_on)


def told_under(first: Definitions, told_at: datetime, at: Callable[[datetime], Definitions]) -> Under:
    """What nobody watched is told under the definitions that stood when it was told, every later day under its own."""

    def under(day: At) -> Definitions:
        return first if day.moment <= told_at else at(day.moment)

    return under
