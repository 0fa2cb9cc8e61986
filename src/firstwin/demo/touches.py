"""What the team wrote up about a customer, true to the phase the customer was in."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from firstwin.demo.calendar import moment, office_minute, working_day
from firstwin.demo.contacts import Contact
from firstwin.demo.dice import dice_for, new_uuid, pick
from firstwin.demo.script import Phase, Script
from firstwin.demo.words.talk import FILL, PATTERNS, Pattern

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

_HINTS = {"qbr": ("sponsor", "champion"), "renewal": ("sponsor", "accountable"), "issue": ("doer", "technical")}


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


@dataclass(frozen=True, slots=True)
class Said:
    """One contact, decided. attendees: humans' keys; author: a place in the staff."""

    key: uuid.UUID
    author: int | None
    kind: str
    direction: str
    occurred_at: datetime
    recorded_at: datetime
    minutes: int
    is_planned: bool
    sentiment: str
    summary: str
    next_step: str
    next_step_on: date | None
    attendees: tuple[str, ...]


class Writer:
    """Writes up contacts of one customer, never twice in the same words while others are left."""

    def __init__(self, seed: str, script: Script, contacts: Sequence[Contact], as_of: date) -> None:
        self.dice = dice_for(seed, script.number, "touches")
        self.script, self.contacts, self.as_of = script, contacts, as_of
        self._decks: dict[str, list[Pattern]] = {}
        dice = self.dice
        self._feature, self._site = pick(dice, FILL["feature"]), pick(dice, FILL["site"])
        self._steady = {name: pick(dice, FILL[name]) for name in ("goal", "win", "system", "site2", "blocker")}

    def write(
        self, situation: str, day: date, *, author: int | None, mood: float = 0.3, left: str = "", owner: str = ""
    ) -> Said | None:
        """A contact on `day`; None where it would fall on or after the end day."""
        day = working_day(day)
        if day >= self.as_of or day < self.script.recorded_on - timedelta(days=3):
            return None
        who = self._attendees(situation, day)
        pattern = self._draw(situation, mood)
        return self.say(pattern, day, author=author, attendees=who, left=left, owner=owner)

    def say(
        self,
        pattern: Pattern,
        day: date,
        *,
        author: int | None,
        attendees: Sequence[Contact] = (),
        left: str = "",
        owner: str = "",
        next_step_on: date | None = None,
    ) -> Said:
        dice = self.dice
        words = self._words(attendees, left, owner)
        minute = office_minute(dice)
        recorded = minute + pattern.minutes + 5 + int(dice.random() * 180)
        step = pattern.next_step.format_map(words)
        if step and next_step_on is None and dice.random() < 0.7:
            # What was agreed of late is mostly still ahead.
            since, days = (day, 5) if (self.as_of - day).days > 30 else (self.as_of, -2)
            next_step_on = working_day(since + timedelta(days=days + int(dice.random() * 16)))
        return Said(
            key=new_uuid(dice),
            author=author,
            kind=pattern.kind,
            direction=pattern.direction,
            occurred_at=moment(day, minute),
            recorded_at=moment(day, recorded),
            minutes=pattern.minutes,
            is_planned=pattern.is_planned,
            sentiment=pattern.sentiment if dice.random() < 0.9 else "",
            summary=_capital(pattern.summary.format_map(words)),
            next_step=_capital(step),
            next_step_on=next_step_on if step else None,
            attendees=tuple(contact.human.key for contact in attendees),
        )

    def _draw(self, situation: str, mood: float) -> Pattern:
        deck = self._decks.get(situation)
        if not deck:
            deck = self._decks[situation] = list(PATTERNS[situation])
            self.dice.shuffle(deck)
        if len(deck) > 1 and _fits(deck[-2], mood) > _fits(deck[-1], mood):
            deck[-1], deck[-2] = deck[-2], deck[-1]
        return deck.pop()

    def _attendees(self, situation: str, day: date) -> list[Contact]:
        there = [contact for contact in self.contacts if contact.is_there(day)]
        if not there:
            return []
        hints = _HINTS.get(situation, ())
        wanted = [contact for contact in there if any(role in hints for role in contact.roles)]
        first = pick(self.dice, wanted or there[:4])
        rest = [contact for contact in there if contact is not first]
        return [first, pick(self.dice, rest)] if rest and self.dice.random() < 0.35 else [first]

    def _words(self, attendees: Sequence[Contact], left: str, owner: str) -> dict[str, str]:
        dice = self.dice
        feature = self._feature if dice.random() < 0.5 else pick(dice, FILL["feature"])
        return {
            **self._steady,
            "who": attendees[0].human.first_name if attendees else "the team",
            "other": attendees[1].human.first_name if len(attendees) > 1 else "their manager",
            "feature": feature,
            "site": self._site,
            "month": pick(dice, FILL["month"]),
            "city": self.script.city,
            "account": self.script.name,
            "left": left or "our contact",
            "owner": owner or "the new CSM",
            "few": str(2 + int(dice.random() * 5)),
            "some": str(8 + int(dice.random() * 40)),
            "many": f"{300 + int(dice.random() * 180) * 10:,}",
            "pct": str(11 + int(dice.random() * 35)),
            "pct2": str(71 + int(dice.random() * 38)),
        }


def _fits(pattern: Pattern, mood: float) -> float:
    return mood * {"positive": 1.0, "negative": -1.0}.get(pattern.sentiment, 0.0)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def touches_of(
    writer: Writer, cadence: Cadence, author_on: Sequence[tuple[date, int | None]], owner_names: Sequence[str]
) -> list[Said]:
    """All contacts of a customer by its script, in time order. author_on: (from day, place in the staff)."""
    script, dice, as_of = writer.script, writer.dice, writer.as_of
    said: list[Said | None] = []
    gap = cadence.gap(script.tier)
    first = script.recorded_on
    if script.starts_on >= first and cadence.is_rich:
        said.append(writer.write("kickoff", script.starts_on + timedelta(days=3), author=author(author_on, first)))
        first = script.starts_on + timedelta(days=8)
    day = first + timedelta(days=int(dice.random() * gap))
    asked_about_quarter = first
    before: Phase | None = None
    while day < as_of:
        phase = script.phase_on(day)
        if phase is None:
            break
        if phase.situation == "silence":
            day, before = phase.ends_on, phase
            continue
        situation = pick(dice, _MIX[phase.situation])
        if before is not None and before.situation == "silence":
            situation = "reopened"
        elif phase.situation in {"steady", "adoption", "expanding"}:
            if script.tier != "core" and (day - asked_about_quarter).days > 88:
                situation, asked_about_quarter = "qbr", day
            elif 15 < _days_to_anniversary(script.starts_on, day) < 110 and dice.random() < 0.3:
                situation = "renewal"
        if (who := author(author_on, day)) is not None:  # nobody's account is nobody's to call
            said.append(writer.write(situation, day, author=who, mood=phase.mood))
        before = phase
        day += timedelta(days=max(1, int(gap * phase.pace * (0.55 + dice.random() * 0.9))))
        if phase.situation == "drift":
            gap = int(gap * 1.25) + 1
    if cadence.is_rich:
        said += _events(writer, author_on, owner_names)
    return sorted((touch for touch in said if touch is not None), key=lambda touch: touch.occurred_at)


def _events(writer: Writer, author_on: Sequence[tuple[date, int | None]], names: Sequence[str]) -> list[Said | None]:
    """Contacts that something called for: somebody left, the account changed hands."""
    last = writer.script.ends_on or writer.as_of
    said = [
        writer.write(
            "champion_change",
            contact.left_known_on,
            author=author(author_on, contact.left_known_on),
            left=contact.human.name,
        )
        for contact in writer.contacts
        if contact.left_known_on and contact.left_known_on < last and {"champion", "sponsor"} & {*contact.roles}
    ]
    for day, who in author_on[1:]:
        if who is not None and day < last and _is_quiet(writer.script, day):
            owner = names[who].partition(" ")[0]
            said.append(writer.write("handover", day + timedelta(days=4), author=who, owner=owner))
    return said


def _is_quiet(script: Script, day: date) -> bool:
    phase = script.phase_on(day)
    return phase is not None and phase.situation != "silence"


def author(author_on: Sequence[tuple[date, int | None]], day: date) -> int | None:
    """Who looked after the account on `day`."""
    who = author_on[0][1] if author_on else None
    for since, place in author_on:
        if since <= day:
            who = place
    return who


def _days_to_anniversary(starts_on: date, day: date) -> int:
    passed = (day - starts_on).days
    return 365 - passed % 365 if passed > 0 else 9_999
