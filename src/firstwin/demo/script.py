"""The life of one customer, decided: who they are, from when to when, and the phases they go through.

Everything else about a customer (people, touches, later contracts, tickets and use) is written to this script.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from firstwin.demo.calendar import WINDOW
from firstwin.demo.dice import pick
from firstwin.demo.words.firms import COUNTRIES

TIERS = ("strategic", "growth", "core")

# arc → (weight, what its later life looks like)
ARCS = {"healthy": 46, "growing": 17, "bumpy": 15, "drifting": 10, "silent": 7, "leaving": 5}


@dataclass(frozen=True, slots=True)
class Phase:
    """What is going on from a day on.

    pace: how far apart contacts lie, as a multiple of the tier's cadence. mood: -1 (sour) to 1 (glad).
    """

    situation: str
    starts_on: date
    ends_on: date
    pace: float = 1.0
    mood: float = 0.3


@dataclass(frozen=True, slots=True)
class Script:
    """One customer. `number` is its place in the company; money is in minor units; `story` names a told story."""

    number: int
    name: str
    industry: str
    country: str
    city: str
    tier: str
    employees: int
    revenue: int
    domain: str
    starts_on: date
    recorded_on: date
    arc: str
    phases: tuple[Phase, ...]
    ends_on: date | None = None
    parent: int | None = None
    story: str = ""
    tags: tuple[str, ...] = field(default=())

    def phase_on(self, day: date) -> Phase | None:
        return next((phase for phase in self.phases if phase.starts_on <= day < phase.ends_on), None)


_COUNTRY_NAMES = tuple(name for name, about in COUNTRIES.items() for _ in range(about[2]))
_ARC_NAMES = tuple(name for name, weight in ARCS.items() for _ in range(weight))


def a_country(dice: Random) -> str:
    return pick(dice, _COUNTRY_NAMES)


def a_tier(dice: Random) -> str:
    roll = dice.random()
    return "strategic" if roll < 0.14 else "growth" if roll < 0.48 else "core"


def size_of(dice: Random, tier: str) -> tuple[int, int]:
    """(employees, annual revenue in minor units), rounded as such figures are."""
    low, high = {"strategic": (1_500, 24_000), "growth": (220, 2_400), "core": (18, 320)}[tier]
    employees = int(low * (high / low) ** dice.random())
    step = 10 if employees < 500 else 50 if employees < 5_000 else 100
    employees = max(step, employees // step * step)
    each = 90_000 + int(dice.random() * 260_000)
    return employees, employees * each // 100_000 * 100_000 * 100


def a_start(dice: Random, as_of: date) -> date:
    """Most customers are older than the product; some joined in the two years, a few just now."""
    roll = dice.random()
    if roll < 0.45:
        return as_of - timedelta(days=WINDOW + int(dice.random() ** 1.6 * 2_200))
    return as_of - timedelta(days=12 + int(dice.random() * (WINDOW - 12)))


def recorded_on(starts_on: date, as_of: date) -> date:
    """A customer is on record since shortly before they signed; older ones since the first day."""
    return max(starts_on - timedelta(days=20), as_of - timedelta(days=WINDOW))


def phases_of(dice: Random, arc: str, starts_on: date, as_of: date) -> tuple[tuple[Phase, ...], date | None]:
    """The phases of an arc, and the day it ends if it does."""
    settled = starts_on + timedelta(days=60 + int(dice.random() * 60))
    used = settled + timedelta(days=120 + int(dice.random() * 90))
    opening = [
        Phase("onboarding", starts_on, settled, pace=0.5, mood=0.2),
        Phase("adoption", settled, used, pace=0.8, mood=0.4),
    ]
    if used >= as_of - timedelta(days=45):
        return _cut(opening, as_of), None
    later, ends_on = _later(dice, arc, used, as_of)
    return _cut([*opening, *later], ends_on or as_of), ends_on


def _later(dice: Random, arc: str, used: date, as_of: date) -> tuple[list[Phase], date | None]:
    def ago(low: int, high: int) -> date:
        return max(used + timedelta(days=5), as_of - timedelta(days=low + int(dice.random() * (high - low))))

    match arc:
        case "growing":
            turn = ago(60, 260)
            return [Phase("steady", used, turn, mood=0.5), Phase("expanding", turn, as_of, pace=0.7, mood=0.7)], None
        case "bumpy":
            turn = ago(40, 300)
            calm = turn + timedelta(days=25 + int(dice.random() * 45))
            back = calm + timedelta(days=60)
            return [
                Phase("steady", used, turn),
                Phase("trouble", turn, calm, pace=0.35, mood=-0.7),
                Phase("recovery", calm, back, pace=0.6, mood=0.3),
                Phase("steady", back, as_of),
            ], None
        case "drifting":
            turn = ago(70, 200)
            return [Phase("steady", used, turn, mood=0.1), Phase("drift", turn, as_of, pace=1.3, mood=-0.6)], None
        case "silent":
            turn = ago(50, 320)
            again = turn + timedelta(days=60 + int(dice.random() * 90))
            return [
                Phase("steady", used, turn, mood=0.0),
                Phase("silence", turn, again),
                Phase("reopened", again, as_of, pace=0.7, mood=0.2),
            ], None
        case "leaving":
            ends_on = ago(20, 380)
            turn = max(used + timedelta(days=2), ends_on - timedelta(days=110))
            last = max(turn, ends_on - timedelta(days=40))
            return [
                Phase("steady", used, turn, mood=-0.1),
                Phase("drift", turn, last, mood=-0.7),
                Phase("farewell", last, ends_on, pace=0.4, mood=-0.6),
            ], ends_on
    return [Phase("steady", used, as_of, mood=0.4)], None


def _cut(phases: list[Phase], end: date) -> tuple[Phase, ...]:
    kept = (replace(phase, ends_on=min(phase.ends_on, end)) for phase in phases)
    return tuple(phase for phase in kept if phase.starts_on < phase.ends_on)


def an_arc(dice: Random) -> str:
    return pick(dice, _ARC_NAMES)
