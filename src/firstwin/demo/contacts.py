"""Who works at a customer: the six roles with realistic gaps, people who come, people who leave."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from firstwin.demo.calendar import between
from firstwin.demo.dice import dice_for, new_uuid, pick
from firstwin.demo.naming import address_of, person_name, phone_of
from firstwin.demo.script import Script
from firstwin.demo.words.people import TITLES


@dataclass(slots=True)
class Human:
    """A person, wherever they work."""

    key: str
    subject: uuid.UUID
    name: str
    email: str
    phone: str
    known_on: date

    @property
    def first_name(self) -> str:
        return self.name.partition(" ")[0]


@dataclass(slots=True)
class Contact:
    """That a human works at a customer. `left_known_on` is when we learned that they had gone."""

    human: Human
    title: str
    roles: tuple[str, ...]
    joined_on: date
    left_on: date | None = None
    left_known_on: date | None = None
    moved_from: str = field(default="")

    def is_there(self, day: date) -> bool:
        """Whether we would still write to them on that day."""
        return self.joined_on <= day and (self.left_known_on is None or day < self.left_known_on)


# tier → (roles of one person, chance that there is such a person)
_SEATS: dict[str, tuple[tuple[tuple[str, ...], float], ...]] = {
    "strategic": (
        (("sponsor",), 0.93), (("champion",), 0.92), (("doer",), 0.97), (("accountable",), 0.9), (("doer",), 0.7),
        (("technical",), 0.8), (("influencer",), 0.6), (("technical",), 0.25), ((), 0.5), (("influencer",), 0.3),
    ),
    "growth": (
        (("sponsor",), 0.9), (("champion",), 0.88), (("doer",), 0.95), (("accountable",), 0.8), (("technical",), 0.5),
        (("influencer",), 0.3), (("doer",), 0.4), ((), 0.25),
    ),
    "core": (
        (("sponsor", "accountable"), 0.72), (("champion", "doer"), 0.55), (("doer",), 0.74), (("sponsor",), 0.35),
        (("champion",), 0.55), (("accountable",), 0.35), (("technical",), 0.22), ((), 0.15),
    ),
}  # fmt: skip


def contacts_of(seed: str, script: Script, as_of: date, *, share: float = 1.0) -> list[Contact]:
    """The people of one customer, in the order in which we met them. share: how many of those there we know."""
    dice = dice_for(seed, script.number, "people")
    found: list[Contact] = []
    for roles, chance in _SEATS[script.tier]:
        if dice.random() < chance * share:
            met = script.recorded_on + timedelta(days=int(dice.random() ** 2 * 70))
            found.append(new_contact(dice, script, roles, min(met, as_of - timedelta(days=2))))
    if not found and dice.random() < 0.9:
        found.append(new_contact(dice, script, ("doer",), script.recorded_on))
    last = script.ends_on or as_of
    for contact in list(found):
        if dice.random() < 0.13 and (last - contact.joined_on).days > 120:
            found += _goes(dice, script, contact, last)
    return found


def new_contact(
    dice: Random, script: Script, roles: Sequence[str], joined_on: date, *, name: str = "", title: str = ""
) -> Contact:
    said = name or person_name(dice, script.country)
    human = Human(
        key=f"{dice.getrandbits(48):012x}",
        subject=new_uuid(dice),
        name=said,
        email=address_of(said, script.domain) if name or dice.random() < 0.96 else "",
        phone=phone_of(dice, script.country) if dice.random() < 0.4 else "",
        known_on=joined_on,
    )
    return Contact(human, title or pick(dice, TITLES[roles[0] if roles else ""]), tuple(roles), joined_on)


def _goes(dice: Random, script: Script, contact: Contact, last: date) -> list[Contact]:
    """Let `contact` leave; returns who follows, if anybody does."""
    contact.left_on = between(dice, contact.joined_on + timedelta(days=90), last - timedelta(days=10))
    heard = contact.left_on + timedelta(days=int(dice.random() ** 2 * 40))
    contact.left_known_on = min(heard, last - timedelta(days=1))
    if dice.random() > 0.68:
        return []
    follows_on = contact.left_on + timedelta(days=5 + int(dice.random() * 55))
    if follows_on >= last:
        return []
    return [new_contact(dice, script, contact.roles, follows_on, title=contact.title)]


def move(dice: Random, contact: Contact, old: Script, new: Script, as_of: date) -> Contact | None:
    """Let somebody who left one customer turn up at another, in the same role; None when it is too early."""
    if contact.left_on is None or contact.left_known_on is None:
        return None
    joined_on = max(contact.left_known_on, contact.left_on + timedelta(days=15 + int(dice.random() * 40)))
    if joined_on >= (new.ends_on or as_of) - timedelta(days=3) or joined_on < new.recorded_on:
        return None
    contact.human.email = address_of(contact.human.name, new.domain)
    return Contact(contact.human, contact.title, contact.roles, joined_on, moved_from=old.name)
