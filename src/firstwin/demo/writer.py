"""Writes up contacts with a customer in the words of a success team."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from firstwin.demo.calendar import moment, office_minute, working_day
from firstwin.demo.contacts import Contact
from firstwin.demo.dice import dice_for, new_uuid, pick
from firstwin.demo.script import Script
from firstwin.demo.words.talk import FILL, PATTERNS, Pattern

# Who is asked for, by situation, where there is a choice.
_HINTS = {"qbr": ("sponsor", "champion"), "renewal": ("sponsor", "accountable"), "issue": ("doer", "technical")}


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
