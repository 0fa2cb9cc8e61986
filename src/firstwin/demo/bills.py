"""What customers were billed, how they pay, and when they did. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from firstwin.core.periods import add_months
from firstwin.demo.calendar import WINDOW
from firstwin.demo.deals import Deal, Twist
from firstwin.demo.dice import dice_for, pick
from firstwin.demo.script import Script

_MONTHS = {"year": 12, "half_year": 6, "quarter": 3, "month": 1}
_TERMS = 30
"""Days to pay."""


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice. settled_on: when it was paid or written off; None while it is open."""

    name: str
    number: str
    issued_on: date
    due_on: date
    currency: str
    total: int
    settled_on: date | None
    settled_as: str = "paid"
    kind: str = "invoice"


@dataclass(frozen=True, slots=True)
class Purse:
    """A way to pay. expires_on: the first day it is no longer good."""

    name: str
    kind: str
    since: date
    until: date | None
    brand: str = ""
    last4: str = ""
    expires_on: date | None = None


def bills_of(
    seed: str, script: Script, deal: Deal, as_of: date, *, number: int, twist: Twist | None = None
) -> list[Bill]:
    """Invoices issued in the two years up to `as_of`."""
    dice = dice_for(seed, script.number, "bills")
    twist = twist or Twist()
    found: list[Bill] = []
    since = as_of - timedelta(days=WINDOW)
    for day, total in _by_day(_charges(deal, since, as_of)):
        due_on = day + timedelta(days=_TERMS)
        settled_on: date | None = due_on + timedelta(days=_lateness(dice, script, day))
        name = f"inv-{number}-{day:%y%m%d}"
        if (as_of - day).days in twist.unpaid:
            settled_on = None
        settled_as = "paid"
        if script.ends_on and due_on > script.ends_on and dice.random() < 0.4:
            settled_on, settled_as = due_on + timedelta(days=120), "written_off"
        if settled_on is not None and settled_on >= as_of:
            settled_on = None
        found.append(
            Bill(name, f"R{day:%y}{number:06}{day:%m%d}", day, due_on, deal.currency, total, settled_on, settled_as)
        )
    found += [_unpaid(deal, number, as_of - timedelta(days=ago), found) for ago in twist.unpaid]
    if found and dice.random() < 0.04:
        found.append(_credit(dice, found[-1], as_of))
    return found


def _by_day(charges: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    """What falls on one day stands on one bill."""
    found: dict[date, int] = {}
    for day, total in charges:
        found[day] = found.get(day, 0) + total
    return sorted(found.items())


def _charges(deal: Deal, since: date, as_of: date) -> Iterator[tuple[date, int]]:
    """(day, amount) of each billing day, the lines of one contract together."""
    for contract in deal.contracts:
        lines = [line for line in deal.lines if line.contract == contract.name]
        step = _MONTHS[lines[0].interval]
        place = 0
        while (day := add_months(contract.starts_on, place * step)) < min(contract.ends_on or as_of, as_of):
            place += 1
            total = sum(line.amount_on(day) * (step if line.per == "month" else 1) for line in lines)
            if day >= since and total:
                yield day, total
    for line in deal.lines:
        if line.charge == "one_off" and since <= line.versions[0].starts_on < as_of:
            yield line.versions[0].starts_on, line.versions[0].amount


def _lateness(dice: Random, script: Script, day: date) -> int:
    phase = script.phase_on(day)
    sour = phase is not None and phase.mood < 0
    return int(dice.gauss(14 if sour else -6, 12 if sour else 7))


def _unpaid(deal: Deal, number: int, day: date, others: list[Bill]) -> Bill:
    """A further bill that is not paid: extra seats, charged in between."""
    total = max((bill.total for bill in others), default=900_000) // 8 // 100 * 100
    due_on = day + timedelta(days=_TERMS)
    return Bill(
        f"inv-{number}-x{day:%y%m%d}", f"R{day:%y}{number:06}X{day:%m}", day, due_on, deal.currency, total, None
    )


def _credit(dice: Random, bill: Bill, as_of: date) -> Bill:
    day = min(bill.issued_on + timedelta(days=10), as_of - timedelta(days=1))
    amount = -max(1, bill.total // pick(dice, (10, 20)))
    return Bill(f"{bill.name}-c", f"{bill.number}C", day, day, bill.currency, amount, day, "paid", "credit_note")


def purses_of(seed: str, script: Script, as_of: date, *, number: int, twist: Twist | None = None) -> list[Purse]:
    """Small customers pay by card, others by transfer; cards run out and are replaced, mostly in time."""
    dice = dice_for(seed, script.number, "purse")
    is_expired = twist is not None and twist.card_expired
    since = script.recorded_on
    if not is_expired and dice.random() > {"core": 0.8, "growth": 0.25, "strategic": 0.03}[script.tier]:
        kind = "transfer" if dice.random() < 0.7 else "direct_debit"
        return [Purse(f"pay-{number}", kind, since, None)]
    brand = pick(dice, ("visa", "mastercard", "amex"))
    digits = f"{int(dice.random() * 10_000):04}"
    if is_expired:
        return [Purse(f"card-{number}", "card", since, None, brand, digits, as_of.replace(day=1))]
    first_end = _month_after(since + timedelta(days=200 + int(dice.random() * 800)))
    if first_end >= as_of or dice.random() < 0.03:
        return [Purse(f"card-{number}", "card", since, None, brand, digits, first_end)]
    changed = max(since + timedelta(days=1), first_end - timedelta(days=int(dice.random() * 40)))
    later = _month_after(first_end + timedelta(days=900 + int(dice.random() * 300)))
    fresh = f"{int(dice.random() * 10_000):04}"
    return [
        Purse(f"card-{number}", "card", since, changed, brand, digits, first_end),
        Purse(f"card-{number}-2", "card", changed, None, brand, fresh, later),
    ]


def _month_after(day: date) -> date:
    return add_months(day.replace(day=1), 1)
