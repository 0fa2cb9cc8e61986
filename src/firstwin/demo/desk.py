"""What customers asked the help desk, and how that went. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from firstwin.demo.calendar import moment, office_minute, working_day
from firstwin.demo.contacts import Contact
from firstwin.demo.deals import Twist
from firstwin.demo.dice import dice_for, pick
from firstwin.demo.script import Script
from firstwin.demo.words.desk import SUBJECTS

# Situation → tickets a month of a customer of middling size.
_RATE = {
    "onboarding": 2.2, "adoption": 1.2, "steady": 0.55, "expanding": 1.0, "trouble": 4.0, "recovery": 1.2,
    "reopened": 0.8, "drift": 0.7, "silence": 0.15, "farewell": 0.3,
}  # fmt: skip
_SIZE = {"strategic": 2.0, "growth": 1.0, "core": 0.45}
_FIRST = {"urgent": 40, "high": 150, "normal": 420, "low": 1_100}
"""Minutes to the first answer, middling."""

_SOLVED = {"urgent": 7.0, "high": 20.0, "normal": 50.0, "low": 90.0}
"""Hours until it is solved, middling."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A ticket. moves: (moment, status) one after the other, the first when it was opened.

    asker: a human's key. csat: given at `rated_at`.
    """

    name: str
    subject: str
    channel: str
    priority: str
    asker: str | None
    moves: tuple[tuple[datetime, str], ...]
    first_response_at: datetime | None
    is_escalated: bool
    csat: int | None = None
    rated_at: datetime | None = None


def asks_of(
    seed: str, script: Script, contacts: list[Contact], as_of: date, *, number: int, is_rich: bool,
    twist: Twist | None = None,
) -> list[Ask]:  # fmt: skip
    """Tickets from the first day on record up to `as_of`."""
    dice = dice_for(seed, script.number, "desk")
    desk = _Desk(script, contacts, as_of, number, dice)
    rate = _SIZE[script.tier] * (1.0 if is_rich else 0.38)
    last = script.ends_on or as_of
    found: list[Ask] = []
    day = max(script.recorded_on, script.starts_on)
    while True:
        phase = script.phase_on(day)
        monthly = rate * _RATE[phase.situation if phase else "steady"]
        day += timedelta(days=1 + int(dice.expovariate(monthly / 30.4)))
        if day >= last:
            break
        found.append(desk.ask(day, phase.mood if phase else 0.3, len(found)))
    for place in range(twist.storm if twist else 0):
        found.append(desk.storm(place, len(found)))
    return sorted(found, key=lambda ask: ask.moves[0][0])


class _Desk:
    def __init__(self, script: Script, contacts: list[Contact], as_of: date, number: int, dice: Random) -> None:
        self.script, self.contacts, self.as_of, self.number, self.dice = script, contacts, as_of, number, dice
        self.ends_at = moment(as_of, 0)

    def ask(self, day: date, mood: float, place: int) -> Ask:
        dice = self.dice
        roll = dice.random() + max(0.0, -mood) * 0.25
        priority = "urgent" if roll > 1.08 else "high" if roll > 0.86 else "normal" if roll > 0.3 else "low"
        about = "outage" if priority == "urgent" else "fault" if dice.random() < 0.5 - mood * 0.2 else "question"
        slow = 1.0 + max(0.0, -mood)
        return self._course(day, priority, about, slow, mood, place)

    def storm(self, place: int, number: int) -> Ask:
        """Many at once, in the last three weeks, half of them still open."""
        day = self.as_of - timedelta(days=1 + place * 20 // 14)
        priority = ("urgent", "high", "high", "normal")[place % 4]
        about = "outage" if priority == "urgent" else "fault"
        return self._course(day, priority, about, 4.0 if place % 2 else 40.0, -0.8, number)

    def _course(self, day: date, priority: str, about: str, slow: float, mood: float, place: int) -> Ask:
        dice = self.dice
        opened_at = moment(working_day(day), office_minute(dice))
        answered_at = opened_at + timedelta(
            minutes=max(3, int(_FIRST[priority] * slow * dice.lognormvariate(-0.5, 0.8)))
        )
        solved_at = answered_at + timedelta(minutes=int(60 * _SOLVED[priority] * slow * dice.lognormvariate(-0.4, 0.8)))
        moves = [(opened_at, "new"), (answered_at, "open")]
        if dice.random() < 0.3:
            moves.append((answered_at + (solved_at - answered_at) / 3, "pending"))
            moves.append((answered_at + (solved_at - answered_at) / 2, "open"))
        moves.append((solved_at, "solved"))
        if dice.random() < 0.05 + max(0.0, -mood) * 0.12:
            again = solved_at + timedelta(hours=6 + int(dice.random() * 60))
            moves += [(again, "open"), (again + timedelta(hours=5 + int(dice.random() * 90)), "solved")]
        moves = [move for move in moves if move[0] < self.ends_at]
        is_done = moves[-1][1] == "solved"
        csat = self._csat(mood) if is_done and dice.random() < 0.42 else None
        rated_at = moves[-1][0] + timedelta(hours=1 + int(dice.random() * 30)) if csat else None
        if rated_at and rated_at >= self.ends_at:
            csat = rated_at = None
        there = [contact for contact in self.contacts if contact.is_there(day)]
        return Ask(
            name=f"T{self.number:06}-{place}",
            subject=pick(dice, SUBJECTS[about]),
            channel=pick(dice, ("email", "web", "web", "phone", "chat")),
            priority=priority,
            asker=pick(dice, there).human.key if there else None,
            moves=tuple(moves),
            first_response_at=answered_at if answered_at < self.ends_at else None,
            is_escalated=priority == "urgent" and dice.random() < 0.4,
            csat=csat,
            rated_at=rated_at,
        )

    def _csat(self, mood: float) -> int:
        roll = self.dice.random() + mood * 0.3
        return 5 if roll > 0.5 else 4 if roll > 0.2 else 3 if roll > 0.05 else 2 if roll > -0.1 else 1
