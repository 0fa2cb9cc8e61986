"""What sources and colleagues say about a customer: attribute values with their history, ids elsewhere, notes, tags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from firstwin.demo.calendar import between, moment, office_minute
from firstwin.demo.contacts import Contact
from firstwin.demo.dice import dice_for, pick
from firstwin.demo.naming import phone_of
from firstwin.demo.script import Script
from firstwin.demo.words.firms import OTHERWISE, TAGS
from firstwin.demo.words.talk import FILL, NOTES, SHARED_NOTES


@dataclass(frozen=True, slots=True)
class Value:
    """That a source said an attribute was so, over a period. One of number, text and day is set."""

    key: str
    source: str
    starts_on: date
    ends_on: date | None = None
    number: float | None = None
    text: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """An internal or shared note."""

    author: int | None
    body: str
    is_shared: bool
    is_pinned: bool
    written_at: datetime


@dataclass(frozen=True, slots=True)
class KnownAs:
    """What a source calls the customer, and the day it last mentioned it."""

    source: str
    external_id: str
    seen_on: date


@dataclass(frozen=True, slots=True)
class Label:
    """A tag, worn over a period."""

    name: str
    starts_on: date
    ends_on: date | None = None


def values_of(seed: str, script: Script, as_of: date) -> list[Value]:
    """Attribute values as the CRM, billing and colleagues state them, with a few gaps and contradictions."""
    dice = dice_for(seed, script.number, "values")
    since = script.recorded_on
    said = [
        Value("city", "crm", since, text=script.city),
        Value("website", "crm", since, text=f"www.{script.domain}"),
        Value("customer_since", "billing", since, day=script.starts_on),
        Value("annual_revenue", "crm", since, number=float(script.revenue)),
        *_tier(dice, script, since, as_of),
        *_employees(dice, script, since, as_of),
    ]
    if dice.random() < 0.97:
        said.append(Value("industry", "crm", since, text=script.industry))
        if dice.random() < 0.035:
            said.append(Value("industry", "billing", between(dice, since, as_of), text=OTHERWISE[script.industry]))
    if dice.random() < 0.975:
        said.append(Value("country", "crm", since, text=script.country))
    if phone := phone_of(dice, script.country):
        said.append(Value("phone", "crm", since, text=phone))
    return said


def _tier(dice: Random, script: Script, since: date, as_of: date) -> list[Value]:
    """One in eleven was looked at differently before."""
    earlier = {"strategic": "growth", "growth": "core", "core": "growth"}[script.tier]
    if dice.random() < 0.09 and (as_of - since).days > 200:
        turn = between(dice, since + timedelta(days=60), as_of - timedelta(days=30))
        return [
            Value("tier", "staff", since, turn, text=earlier),
            Value("tier", "staff", turn, text=script.tier),
        ]
    return [Value("tier", "staff", since, text=script.tier)]


def _employees(dice: Random, script: Script, since: date, as_of: date) -> list[Value]:
    """The CRM corrects the head count now and then; billing sometimes has another."""
    now = float(script.employees)
    said = [Value("employees", "crm", since, number=now)]
    if dice.random() < 0.35 and (as_of - since).days > 300:
        turn = between(dice, since + timedelta(days=100), as_of - timedelta(days=20))
        before = float(max(5, int(now * (0.8 + dice.random() * 0.3)) // 5 * 5))
        if before != now:
            said = [Value("employees", "crm", since, turn, number=before), Value("employees", "crm", turn, number=now)]
    if dice.random() < 0.02:
        said.append(Value("employees", "billing", between(dice, since, as_of), number=float(int(now * 1.4) + 3)))
    return said


def known_as(seed: str, script: Script, as_of: date, *, number: int) -> list[KnownAs]:
    """The CRM knows everybody, billing most; a few are no longer mentioned."""
    dice = dice_for(seed, script.number, "sources")
    yesterday = as_of - timedelta(days=1)
    seen = script.ends_on or yesterday
    crm = as_of - timedelta(days=35 + int(dice.random() * 120)) if dice.random() < 0.03 else seen
    found = [KnownAs("crm", f"CRM-{100_000 + number}", max(crm, script.recorded_on))]
    if dice.random() < 0.86:
        found.append(KnownAs("billing", f"cus_{dice.getrandbits(40):010x}{number:x}", seen))
    return found


def remarks_of(seed: str, script: Script, contacts: Sequence[Contact], as_of: date, author: int | None) -> list[Remark]:
    dice = dice_for(seed, script.number, "notes")
    if dice.random() > {"strategic": 0.8, "growth": 0.45, "core": 0.2}[script.tier]:
        return []
    names = [contact.human.first_name for contact in contacts if contact.left_on is None]
    last = script.ends_on or as_of
    found = []
    for place in range(1 + int(dice.random() * 2.4)):
        is_shared = dice.random() < 0.22
        body = pick(dice, SHARED_NOTES if is_shared else NOTES).format_map(
            {name: pick(dice, options) for name, options in FILL.items()}
            | {"who": pick(dice, names) if names else "the planner", "other": names[0] if names else "the director"}
        )
        day = between(dice, script.recorded_on, last - timedelta(days=2))
        written_at = moment(min(day, as_of - timedelta(days=1)), office_minute(dice))
        found.append(Remark(author, body, is_shared, place == 0 and dice.random() < 0.4, written_at))
    return found


def labels_of(seed: str, script: Script, as_of: date) -> list[Label]:
    dice = dice_for(seed, script.number, "tags")
    names = list(script.tags)
    while dice.random() < 0.3 and len(names) < 4:
        name = pick(dice, TAGS)
        if name not in names:
            names.append(name)
    found = []
    for name in names:
        starts_on = between(dice, script.recorded_on, (script.ends_on or as_of) - timedelta(days=1))
        is_over = dice.random() < 0.2 and (as_of - starts_on).days > 60 and name not in script.tags
        ends_on = between(dice, starts_on + timedelta(days=30), as_of - timedelta(days=2)) if is_over else None
        found.append(Label(name, min(starts_on, as_of - timedelta(days=1)), ends_on))
    return found
