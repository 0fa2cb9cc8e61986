"""The contacts with a customer: a rhythm by tier and phase, and what called for a contact beside it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from firstwin.demo.cast import Hands
from firstwin.demo.dice import pick
from firstwin.demo.script import Phase
from firstwin.demo.writer import Said, Writer

# Phase → situation → weight. What a phase is mostly about.
_MIX: dict[str, tuple[str, ...]] = {
    name: tuple(situation for situation, weight in mix.items() for _ in range(weight))
    for name, mix in {
        "onboarding": {"onboarding": 16, "training": 2, "inbound": 1},
        "adoption": {"adoption": 13, "training": 2, "issue": 2, "inbound": 3},
        "steady": {"adoption": 12, "inbound": 3, "issue": 2, "training": 1, "expansion": 1},
        "expanding": {"expansion": 9, "adoption": 7, "training": 2, "inbound": 2},
        "trouble": {"issue": 11, "escalation": 7, "chase": 1},
        "recovery": {"recovery": 14, "adoption": 6},
        "reopened": {"adoption": 12, "training": 2, "issue": 1, "inbound": 3, "recovery": 2},
        "drift": {"sour": 9, "chase": 10, "issue": 1},
        "farewell": {"farewell": 20},
    }.items()
}


@dataclass(frozen=True, slots=True)
class Cadence:
    """Days between contacts by tier, the share of people we know, and whether there are notes and kick-offs."""

    gaps: tuple[tuple[str, int], ...]
    people: float = 1.0
    is_rich: bool = True

    def gap(self, tier: str) -> int:
        return dict(self.gaps)[tier]


RICH = Cadence((("strategic", 13), ("growth", 25), ("core", 48)))
SPARSE = Cadence((("strategic", 33), ("growth", 65), ("core", 124)), people=0.83, is_rich=False)
"""For very large companies: four people and seven contacts each."""


def touches_of(writer: Writer, cadence: Cadence, hands: Hands, names: Sequence[str]) -> list[Said]:
    """All contacts of a customer by its script, in time order. names: of the staff, by place."""
    course = _Course(writer, cadence, hands, names)
    said = [*course.opening(), *course.rhythm()]
    if cadence.is_rich:
        said += [*course.departures(), *course.handovers()]
    return sorted((touch for touch in said if touch is not None), key=lambda touch: touch.occurred_at)


class _Course:
    """One customer's contacts in the making."""

    def __init__(self, writer: Writer, cadence: Cadence, hands: Hands, names: Sequence[str]) -> None:
        self.writer, self.hands, self.names = writer, hands, names
        self.script, self.dice = writer.script, writer.dice
        self.last_day = self.script.ends_on or writer.as_of
        self.gap = cadence.gap(self.script.tier)
        self.is_rich = cadence.is_rich
        self.first = self.reviewed_on = self.script.recorded_on
        self.was_silent = self.was_covered = False

    def opening(self) -> Iterator[Said | None]:
        """The kick-off, for customers who signed while the product was in use."""
        if self.is_rich and self.script.starts_on >= self.first:
            day = self.script.starts_on + timedelta(days=3)
            yield self.writer.write("kickoff", day, author=self.hands.on(day))
            self.first = self.reviewed_on = self.script.starts_on + timedelta(days=8)

    def rhythm(self) -> Iterator[Said | None]:
        """The regular contact, thicker or thinner with the phase."""
        day = self.first + timedelta(days=int(self.dice.random() * self.gap))
        while (phase := self.script.phase_on(day)) is not None:
            if phase.situation == "silence":
                day, self.was_silent = phase.ends_on, True
                continue
            who = self.hands.on(day)
            if who is not None:  # nobody's account is nobody's to call
                yield self._said(phase, day, who)
            day += timedelta(days=max(1, int(self.gap * phase.pace * (0.55 + self.dice.random() * 0.9))))
            if phase.situation == "drift":
                self.gap = int(self.gap * 1.25) + 1

    def departures(self) -> Iterator[Said | None]:
        """Whoever follows a sponsor or champion is talked to at once."""
        for contact in self.writer.contacts:
            day = contact.left_known_on
            if day and day < self.last_day and {"champion", "sponsor"} & {*contact.roles}:
                who = self.hands.on(day)
                if who is not None:
                    yield self.writer.write("champion_change", day, author=who, left=contact.human.name)

    def handovers(self) -> Iterator[Said | None]:
        """A new owner introduces themselves."""
        for since, who in self.hands.turns[1:]:
            phase = self.script.phase_on(since)
            if who is not None and phase is not None and phase.situation != "silence":
                yield self.writer.write("handover", since + timedelta(days=4), author=who, owner=self._first_name(who))

    def _said(self, phase: Phase, day: date, who: int) -> Said | None:
        situation = self._situation(phase, day)
        absent = self.hands.covered_on(day)
        owner = self._first_name(absent) if absent is not None else ""
        return self.writer.write(situation, day, author=who, mood=phase.mood, owner=owner)

    def _situation(self, phase: Phase, day: date) -> str:
        if self.was_silent:
            self.was_silent = False
            return "reopened"
        if self.hands.covered_on(day) is not None and not self.was_covered:
            self.was_covered = True
            return "cover"
        if phase.situation in {"steady", "adoption", "expanding"}:
            if self.script.tier != "core" and (day - self.reviewed_on).days > 88:
                self.reviewed_on = day
                return "qbr"
            if 15 < _days_to_anniversary(self.script.starts_on, day) < 110 and self.dice.random() < 0.3:
                return "renewal"
        return pick(self.dice, _MIX[phase.situation])

    def _first_name(self, place: int) -> str:
        return self.names[place].partition(" ")[0]


def _days_to_anniversary(starts_on: date, day: date) -> int:
    passed = (day - starts_on).days
    return 365 - passed % 365 if passed > 0 else 9_999
