"""How one customer's use goes, decided: when they got going, what they reached, and how strongly they use it when.

Written to the script and the papers of `script.py` and `deals.py`; a told story has a course of its own. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from firstwin.demo.contacts import Contact
from firstwin.demo.deals import Deal
from firstwin.demo.dice import dice_for, pick
from firstwin.demo.script import Phase, Script

Knot = tuple[date, float]


@dataclass(frozen=True, slots=True)
class Course:
    """levels: how strong use is on a day, straight lines between; before the first and after the last as there.

    assigned: the share of the seats that is given to people, on a day, told the same way.
    asleep: the share of people with a seat who never come.
    waves: (first day, days, by how much use is multiplied meanwhile).
    """

    starts_on: date
    ends_on: date
    levels: tuple[Knot, ...]
    assigned: tuple[Knot, ...]
    asleep: float
    activated_on: date | None
    first_win_on: date | None
    waves: tuple[tuple[date, int, float], ...] = ()
    works_weekends: bool = False
    away: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """How a told customer's use differs. Days are counted back from the end day.

    levels, assigned: knots (days ago, level).  activation, first_win: days after the start; None is never.
    """

    levels: tuple[tuple[int, float], ...] = ((0, 1.0),)
    assigned: tuple[tuple[int, float], ...] = ()
    asleep: float = 0.12
    activation: int | None = 16
    first_win: int | None = 38
    waves: tuple[tuple[int, int, float], ...] = ()


TOLD: Mapping[str, Turn] = {
    "sponsor-left": Turn(levels=((60, 1.0), (20, 0.72), (0, 0.66))),
    "quiet-decline": Turn(levels=((240, 1.0), (120, 0.6), (40, 0.32), (0, 0.22)), asleep=0.2),
    "champion-moved": Turn(levels=((96, 1.0), (60, 0.62), (0, 0.5))),
    "champion-arrived": Turn(levels=((120, 0.6), (30, 1.1), (0, 1.2)), activation=24, first_win=75),
    "model": Turn(levels=((500, 0.95), (0, 1.2)), assigned=((700, 0.85), (0, 0.97)), asleep=0.04, first_win=26),
    "silent": Turn(levels=((200, 1.0), (0, 1.05)), asleep=0.1),
    "family-catering": Turn(levels=((600, 0.5), (200, 0.8), (0, 0.9)), activation=70, first_win=196),
    "family-lakeside": Turn(levels=((400, 0.4), (0, 0.25)), asleep=0.5, activation=None, first_win=None),
    "expired-card": Turn(levels=((90, 0.9), (0, 0.95)), first_win=120),
    "ticket-storm": Turn(levels=((30, 1.0), (14, 0.55), (0, 0.6)), waves=((34, 5, 2.4),)),
    "downsell": Turn(levels=((200, 1.0), (0, 0.9)), assigned=((125, 0.57), (119, 0.95)), asleep=0.1),
    "win-back": Turn(levels=((620, 0.9), (440, 0.35), (160, 0.6), (90, 1.0), (0, 1.1)), first_win=90),
}

_DAYS_TO_SETTLE = {"strategic": 120, "growth": 75, "core": 40}


def course_of(seed: str, script: Script, deal: Deal, contacts: Sequence[Contact], as_of: date) -> Course:
    dice = dice_for(seed, script.number, "use")
    ends_on = min(script.ends_on or as_of, as_of)
    weekends = script.industry in {"Hospitality", "Healthcare", "Energy"}
    away = _gaps(deal, script.starts_on, ends_on)
    begun = _begun(script, deal)
    if script.story:
        return _told(script, TOLD.get(script.story, Turn()), begun, ends_on, as_of, weekends, away)
    settled = script.starts_on + timedelta(days=int(_DAYS_TO_SETTLE[script.tier] * (0.6 + 0.8 * dice.random())))
    full = 0.72 + 0.22 * dice.random() + (0.12 if script.arc == "growing" else 0.0)
    activated_on, first_win_on = _milestones(dice, script, begun, ends_on)
    if activated_on is None:
        full *= 0.6
    return Course(
        starts_on=script.starts_on,
        ends_on=ends_on,
        levels=_levels(dice, script.phases, activated_on is not None),
        assigned=((script.starts_on, 0.12), (settled, full), (ends_on, min(1.0, full + 0.05))),
        asleep=0.05 + 0.3 * dice.random() ** 2,
        activated_on=activated_on,
        first_win_on=first_win_on,
        waves=(*_spikes(dice, script.starts_on, as_of), *_sags(contacts)),
        works_weekends=weekends,
        away=away,
    )


def _begun(script: Script, deal: Deal) -> date:
    """From when on the books know them: terms of long ago are not kept, and value counts from the first that is."""
    return max(script.starts_on, min((line.versions[0].starts_on for line in deal.lines), default=script.starts_on))


def _told(
    script: Script,
    turn: Turn,
    begun: date,
    ends_on: date,
    as_of: date,
    weekends: bool,
    away: tuple[tuple[date, date], ...],
) -> Course:
    def ago(days: int) -> date:
        return as_of - timedelta(days=days)

    def later(days: int | None) -> date | None:
        return None if days is None else begun + timedelta(days=days)

    settled = script.starts_on + timedelta(days=_DAYS_TO_SETTLE[script.tier])
    assigned = tuple((ago(days), share) for days, share in turn.assigned) or ((settled, 0.86), (as_of, 0.9))
    return Course(
        starts_on=script.starts_on,
        ends_on=ends_on,
        levels=tuple((ago(days), level) for days, level in turn.levels),
        assigned=((script.starts_on, 0.12), *(knot for knot in assigned if knot[0] > script.starts_on)),
        asleep=turn.asleep,
        activated_on=later(turn.activation),
        first_win_on=later(turn.first_win),
        waves=tuple((ago(days), length, height) for days, length, height in turn.waves),
        works_weekends=weekends,
        away=away,
    )


def _gaps(deal: Deal, starts_on: date, ends_on: date) -> tuple[tuple[date, date], ...]:
    """Times between two contracts in which nobody had a seat."""
    terms = sorted((signed.starts_on, signed.cancelled_on or signed.ends_on or ends_on) for signed in deal.contracts)
    found = []
    for (_, end), (start, _) in pairwise(terms):
        if start > end:
            found.append((end, start))
    return tuple(found)


def _milestones(dice: Random, script: Script, begun: date, ends_on: date) -> tuple[date | None, date | None]:
    """The days of activation and first win: early for most, late for some, never for a few."""
    struggles = script.arc in {"leaving", "drifting", "silent"}
    slow = 1.0 + 0.5 * (script.tier == "growth") + 1.2 * (script.tier == "strategic")
    roll, wait, more = dice.random(), dice.random(), dice.random()
    if roll < (0.16 if struggles else 0.05):
        return None, None
    late = 70 if roll < (0.4 if struggles else 0.17) else 0
    activated_on = begun + timedelta(days=late + int((4 + 26 * wait**1.5) * slow))
    if dice.random() < (0.25 if struggles else 0.08):
        return _reached(activated_on, ends_on), None
    first_win_on = activated_on + timedelta(days=int((6 + 48 * more**2) * slow) + late)
    return _reached(activated_on, ends_on), _reached(first_win_on, ends_on)


def _reached(day: date, ends_on: date) -> date | None:
    return day if day < ends_on else None


_LEVEL = {
    "onboarding": (0.6, 0.8), "adoption": (0.8, 1.0), "steady": (1.0, 1.0), "expanding": (1.0, 1.35),
    "trouble": (0.95, 0.62), "recovery": (0.7, 0.98), "drift": (0.98, 0.38), "silence": (0.95, 0.8),
    "reopened": (0.8, 0.95), "farewell": (0.36, 0.1),
}  # fmt: skip


def _levels(dice: Random, phases: Sequence[Phase], is_activated: bool) -> tuple[Knot, ...]:
    """From each phase its two ends."""
    own = (0.75 + 0.5 * dice.random()) * (1.0 if is_activated else 0.55)
    knots: list[Knot] = []
    for phase in phases:
        first, last = _LEVEL[phase.situation]
        knots += [(phase.starts_on, first * own), (phase.ends_on, last * own)]
    return tuple(knots)


def _sags(contacts: Sequence[Contact]) -> list[tuple[date, int, float]]:
    """Where a champion goes, use sags for a good quarter."""
    return [(c.left_on, 120, 0.76) for c in contacts if c.left_on and "champion" in c.roles]


def _spikes(dice: Random, starts_on: date, as_of: date) -> list[tuple[date, int, float]]:
    """A few days of much more use: an audit, a shutdown, a stocktaking."""
    days = (as_of - starts_on).days
    return [
        (starts_on + timedelta(days=int(dice.random() * days)), 2 + int(dice.random() * 4), 1.8 + dice.random())
        for _ in range(pick(dice, (0, 0, 1, 1, 2, 3)))
    ]
