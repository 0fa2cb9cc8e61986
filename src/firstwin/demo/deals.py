"""What customers bought: contracts by term, subscription lines with their amendments, and what was lost. Pure.

A line's history is told as *versions*, each with the days between which it was believed, the way a billing system
would have told it day by day.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from firstwin.core.periods import add_months
from firstwin.demo.dice import dice_for, pick
from firstwin.demo.script import Script

PRODUCTS = (
    ("fernhill-plan", "Fernhill Plan", "Maintenance", 10_200),
    ("fernhill-mobile", "Fernhill Mobile", "Maintenance", 2_700),
    ("fernhill-insight", "Fernhill Insight", "Analytics", 4_200),
    ("onboarding", "Onboarding", "Services", 0),
)
"""(key, name, family, list price of one seat a month in cents of USD)"""

CURRENCIES = {
    "United Kingdom": "GBP", "Ireland": "EUR", "Germany": "EUR", "Austria": "EUR", "France": "EUR", "Belgium": "EUR",
    "Netherlands": "EUR", "Spain": "EUR", "Portugal": "EUR", "Italy": "EUR", "Finland": "EUR", "Japan": "JPY",
}  # fmt: skip
"""Everybody else is billed in US dollars."""

# Minor units of a list price in cents of USD.
_LOCAL = {"USD": 1.0, "EUR": 0.95, "GBP": 0.82, "JPY": 1.5}
_SEATS = {"strategic": (70, 470), "growth": (15, 87), "core": (4, 16)}
_REASONS = (
    ("price", "Value not shown", True), ("missing feature", "Missing feature", True),
    ("switched", "Lost to a competitor", True), ("budget", "Budget cut", False), ("closed", "Closed business", False),
    ("merged", "Merged into another company", False), ("low use", "Never adopted", True),
)  # fmt: skip
_RIVALS = ("Maintalo", "Ordina Works", "Planwise", "a spreadsheet")


@dataclass(frozen=True, slots=True)
class Version:
    """What was believed of a line from `known_on` until `until_on`: over [starts_on, ends_on) so many seats."""

    known_on: date
    until_on: date | None
    starts_on: date
    ends_on: date | None
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class Line:
    """amounts are minor units of `currency` for one `per`."""

    name: str
    product: str
    contract: str
    currency: str
    per: str
    interval: str
    versions: tuple[Version, ...]
    charge: str = "recurring"
    is_trial: bool = False
    renews_on: date | None = None
    notice_on: date | None = None
    auto_renews: bool | None = None

    def amount_on(self, day: date) -> int:
        """What it costs for one `per` on a day, as believed at last."""
        return sum(
            v.amount
            for v in self.versions
            if v.until_on is None and v.starts_on <= day and (v.ends_on is None or day < v.ends_on)
        )


@dataclass(frozen=True, slots=True)
class Signed:
    """A contract. auto_renews, notice_on: as the paper says."""

    name: str
    number: str
    signed_on: date
    starts_on: date
    ends_on: date | None
    renews_on: date | None
    notice_on: date | None
    auto_renews: bool
    currency: str
    total: int
    cancelled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """A churn record. lost: minor units of ARR."""

    name: str
    kind: str
    effective_on: date
    known_on: date
    notice_on: date | None
    first_signal_on: date | None
    reason: str
    cause: str
    is_controllable: bool
    is_voluntary: bool
    currency: str
    lost: int
    product: str = ""
    competitor: str = ""
    comment: str = ""
    won_back_on: date | None = None


@dataclass(slots=True)
class Deal:
    """All a customer bought."""

    currency: str
    lines: list[Line] = field(default_factory=list)
    contracts: list[Signed] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)

    def lines_on(self, day: date) -> list[Line]:
        return [line for line in self.lines if line.amount_on(day)]


@dataclass(frozen=True, slots=True)
class Twist:
    """How a told customer's dealings differ. Days are counted back from the end day.

    renewal_in: days until the running term ends.  downsell: (days ago, share of seats that stayed).
    gap: (days ago they left, days ago they came back).  unpaid: days ago of bills that stay open.
    card_expired: with the month before this one.  storm: tickets of the last three weeks.
    """

    seats: int | None = None
    renewal_in: int | None = None
    downsell: tuple[int, float] | None = None
    gap: tuple[int, int] | None = None
    card_expired: bool = False
    unpaid: tuple[int, ...] = ()
    storm: int = 0


@dataclass(frozen=True, slots=True)
class _Term:
    starts_on: date
    ends_on: date
    months: int


def deal_of(
    seed: str, script: Script, as_of: date, *, number: int, is_rich: bool = True, twist: Twist | None = None
) -> Deal:
    """What the customer bought up to `as_of`. number: of the customer in the installation, for the names of things.

    is_rich: with add-ons and the terms of the year before; a very large company has two lines each.
    """
    dice = dice_for(seed, script.number, "deal")
    twist = twist or Twist()
    currency = CURRENCIES.get(script.country, "USD")
    deal = Deal(currency)
    low, high = _SEATS[script.tier]
    seats = twist.seats or max(3, round(low * (high / low) ** dice.random()))
    extra = [key for key in ("fernhill-mobile", "fernhill-insight") if dice.random() < 0.42]
    discount = 1 - 0.3 * dice.random() * (seats / high)
    if not is_rich and not twist.seats:
        extra = extra[:1] if dice.random() < 0.2 else []
    hand = _Hand(script, as_of, currency, number, discount, twist, is_rich)
    terms = _terms(dice, script, as_of, twist, 3 * 365 if is_rich else 500)
    for place, term in enumerate(terms):
        if place:
            seats = _at_renewal(dice, script, seats, term.starts_on, twist, as_of)
            if is_rich and dice.random() < 0.12 and len(extra) < 2:
                extra = ["fernhill-mobile", "fernhill-insight"]
        hand.write(deal, dice, term, seats, ["fernhill-plan", *extra])
    if terms and script.tier != "core" and (as_of - script.starts_on).days < 900:
        deal.lines.append(hand.onboarding(terms[0]))
    if script.ends_on is None and dice.random() < 0.06 and len(extra) < 2 and terms:
        missing = "fernhill-insight" if "fernhill-insight" not in extra else "fernhill-mobile"
        deal.lines.append(hand.trial(missing, as_of - timedelta(days=5 + int(dice.random() * 30)), max(5, seats // 4)))
    _lose(deal, dice, script, as_of, number, twist)
    return deal


def _terms(dice: Random, script: Script, as_of: date, twist: Twist, kept_days: int) -> list[_Term]:
    """Terms one after the other; those that ended more than `kept_days` ago are left out."""
    months = pick(dice, {"strategic": (12, 24, 36), "growth": (12, 12, 24), "core": (12,)}[script.tier])
    start = script.starts_on
    if twist.renewal_in is not None:
        months = 12
        last = as_of + timedelta(days=twist.renewal_in)
        start = add_months(last, -12 * max(1, -(-(as_of - script.starts_on).days // 365)))
    found = _chain(start, months, script.ends_on or as_of)
    if twist.gap:
        left, back = (as_of - timedelta(days=days) for days in twist.gap)
        found = [term for term in found if term.starts_on < left] + _chain(back, 12, as_of)
    return [term for term in found if term.ends_on > as_of - timedelta(days=kept_days)]


def _chain(start: date, months: int, until: date) -> list[_Term]:
    """Terms one after the other, each counted from the first day so that they never drift."""
    found: list[_Term] = []
    while (at := add_months(start, months * len(found))) < until:
        found.append(_Term(at, add_months(start, months * (len(found) + 1)), months))
    return found


def _at_renewal(dice: Random, script: Script, seats: int, day: date, twist: Twist, as_of: date) -> int:
    phase = script.phase_on(day)
    situation = phase.situation if phase else "steady"
    if twist.seats or twist.downsell or twist.gap:
        return seats
    change = {"drift": -0.25, "trouble": -0.15, "silence": -0.1, "expanding": 0.3}.get(situation, 0.06)
    return max(3, round(seats * (1 + change * (0.4 + dice.random()))))


class _Hand:
    """Writes one customer's papers."""

    def __init__(
        self, script: Script, as_of: date, currency: str, number: int, discount: float, twist: Twist, is_rich: bool
    ) -> None:
        self.script, self.as_of, self.currency, self.number = script, as_of, currency, number
        self.discount, self.twist = discount, twist
        tier = script.tier
        self.per, self.interval = ("year", "year") if tier != "core" else ("month", "quarter")
        if not is_rich and tier != "strategic":
            self.per, self.interval = "month", "quarter"
        self.notice = {"strategic": 90, "growth": 60, "core": 30}[tier]

    def write(self, deal: Deal, dice: Random, term: _Term, seats: int, products: Sequence[str]) -> None:
        contract = f"K-{self.number}-{term.starts_on:%y%m}"
        signed_on = term.starts_on - timedelta(days=8 + int(dice.random() * 20))
        known_on = max(signed_on, self.script.recorded_on)
        renews = dice.random() < 0.7
        for product in products:
            deal.lines.append(self._line(dice, term, contract, known_on, product, seats, renews))
        total = sum(line.amount_on(term.starts_on) for line in deal.lines if line.contract == contract)
        cut = self._cut(term)
        deal.contracts.append(
            Signed(
                contract, f"FH-{term.starts_on:%Y}-{self.number:05}", signed_on, term.starts_on, term.ends_on,
                term.ends_on, term.ends_on - timedelta(days=self.notice), renews, deal.currency,
                total * (term.months // 12 if self.per == "year" else term.months),
                cancelled_on=cut[1] if cut else None,
            )
        )  # fmt: skip

    def _line(
        self, dice: Random, term: _Term, contract: str, known_on: date, product: str, seats: int, renews: bool
    ) -> Line:
        if product != "fernhill-plan":
            seats = max(2, round(seats * (0.3 + 0.5 * dice.random())))
        return Line(
            f"sub-{self.number}-{product[9:]}-{term.starts_on:%y%m}", product, contract, self.currency, self.per,
            self.interval, tuple(self._versions(dice, term, known_on, product, seats)),
            renews_on=term.ends_on, notice_on=term.ends_on - timedelta(days=self.notice), auto_renews=renews,
        )  # fmt: skip

    def _versions(self, dice: Random, term: _Term, known_on: date, product: str, seats: int) -> list[Version]:
        first = Version(known_on, None, term.starts_on, term.ends_on, seats, self.price(product, seats))
        versions = [first]
        turn, share = self._turn(dice)
        if turn and first.starts_on < turn < term.ends_on and turn < self.as_of and turn > known_on:
            changed = max(2, round(seats * share))
            versions = [
                replace(first, until_on=turn),
                replace(first, known_on=turn, ends_on=turn),
                Version(turn, None, turn, term.ends_on, changed, self.price(product, changed)),
            ]
        cut = self._cut(term)
        if cut:
            versions = _ended(versions, *cut)
        return versions

    def _turn(self, dice: Random) -> tuple[date | None, float]:
        """When the number of seats changed within a term, and to what share of what it was."""
        if self.twist.downsell:
            return self.as_of - timedelta(days=self.twist.downsell[0]), self.twist.downsell[1]
        grew = next((phase.starts_on for phase in self.script.phases if phase.situation == "expanding"), None)
        return grew, 1.2 + 0.5 * dice.random()

    def _cut(self, term: _Term) -> tuple[date, date] | None:
        """(first day without service, day of notice) where the term ended before its time."""
        if self.twist.gap:
            left = self.as_of - timedelta(days=self.twist.gap[0])
            if term.starts_on < left < term.ends_on:
                return left, left - timedelta(days=45)
        ends_on = self.script.ends_on
        if ends_on is None or not term.starts_on < ends_on < term.ends_on:
            return None
        return ends_on, max(term.starts_on, ends_on - timedelta(days=40))

    def price(self, product: str, seats: int) -> int:
        """Minor units for one `per`."""
        each = next(price for key, _, _, price in PRODUCTS if key == product) * _LOCAL[self.currency] * self.discount
        months = 12 if self.per == "year" else 1
        step = 100 if self.currency != "JPY" else 1
        return round(each * seats * months / step) * step

    def onboarding(self, term: _Term) -> Line:
        known_on = max(term.starts_on, self.script.recorded_on)
        amount = self.price("fernhill-plan", 7)
        version = Version(known_on, None, term.starts_on, add_months(term.starts_on, 2), 1, amount)
        return Line(
            f"sub-{self.number}-onboarding", "onboarding", "", self.currency, "once", "once", (version,),
            charge="one_off",
        )  # fmt: skip

    def trial(self, product: str, starts_on: date, seats: int) -> Line:
        version = Version(starts_on, None, starts_on, add_months(starts_on, 2), seats, 0)
        return Line(
            f"sub-{self.number}-{product[9:]}-trial", product, "", self.currency, "month", "", (version,),
            is_trial=True,
        )  # fmt: skip


def _ended(versions: Sequence[Version], ends_on: date, known_on: date) -> list[Version]:
    """The versions after notice was given on `known_on` that the line ends on `ends_on`."""
    found: list[Version] = []
    for v in versions:
        if v.until_on is not None or v.ends_on is None or v.ends_on <= ends_on:
            found.append(v)
            continue
        told_on = max(known_on, v.known_on)
        if told_on > v.known_on:
            found.append(replace(v, until_on=told_on))
        if v.starts_on < ends_on:
            found.append(replace(v, known_on=told_on, ends_on=ends_on))
    return found


def _lose(deal: Deal, dice: Random, script: Script, as_of: date, number: int, twist: Twist) -> None:
    if twist.gap:
        left, back = (as_of - timedelta(days=days) for days in twist.gap)
        _logo(deal, dice, script, left, number, won_back_on=back)
    elif twist.downsell:
        day = as_of - timedelta(days=twist.downsell[0])
        lost = _arr(deal, day - timedelta(days=1)) - _arr(deal, day)
        deal.losses.append(
            Loss(
                f"loss-{number}-d",
                "downsell",
                day,
                day,
                day - timedelta(days=30),
                day - timedelta(days=70),
                "low use",
                "Night shift never started",
                True,
                True,
                deal.currency,
                lost,
                comment="Two sites stay on paper until their tablets arrive.",
            )
        )
    elif script.ends_on is not None and deal.lines:
        _logo(deal, dice, script, script.ends_on, number)


def _logo(deal: Deal, dice: Random, script: Script, day: date, number: int, won_back_on: date | None = None) -> None:
    reason, cause, is_controllable = pick(dice, _REASONS)
    notice_on = day - timedelta(days=40 + int(dice.random() * 20))
    deal.losses.append(
        Loss(
            f"loss-{number}",
            "logo",
            day,
            max(notice_on, script.recorded_on),
            notice_on,
            notice_on - timedelta(days=30 + int(dice.random() * 90)),
            reason,
            cause,
            is_controllable,
            cause not in {"Closed business"},
            deal.currency,
            _arr(deal, day - timedelta(days=1)),
            competitor=pick(dice, _RIVALS) if reason == "switched" else "",
            won_back_on=won_back_on,
        )
    )


def _arr(deal: Deal, day: date) -> int:
    lines = (line for line in deal.lines if line.charge == "recurring" and not line.is_trial)
    return sum(line.amount_on(day) * (12 if line.per == "month" else 1) for line in lines)
