"""Money: an integer number of minor units and an ISO 4217 code. Never a float, never added across currencies."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Protocol

from firstwin.core.currencies import EXPONENTS, SYMBOLS
from firstwin.core.errors import Refused
from firstwin.core.text import did_you_mean

# What a 64-bit column holds; beyond it an amount is a typing mistake.
LARGEST = 2**63 - 1

_LONG = Context(prec=100)
"""The usual 28 digits would round a longer amount before it is looked at."""

_AMOUNT = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?(?:[eE]([+-]?\d{1,3}))?")


def exponent(currency: str) -> int:
    """Decimals of a currency. Raises Refused when ISO 4217 does not know it."""
    found = EXPONENTS.get(currency)
    if found is None:
        raise Refused(f"{currency!r} is not an ISO 4217 currency. {did_you_mean(currency, EXPONENTS)}")
    return found


def parse_amount(text: str) -> Decimal:
    """A plain decimal out of `1234.5`, `1,234.50`, `-3` or `1.39E8`; commas only between thousands.

    Raises Refused: nothing is guessed, least of all what a lone comma means.
    """
    cleaned = text.strip().replace("\N{MINUS SIGN}", "-")
    match = _AMOUNT.fullmatch(cleaned) if len(cleaned) <= 60 else None
    if match is None or not (match[2] or match[3]) or not cleaned.isascii():
        raise Refused(f"{text[:60]!r} is not an amount. Write it as 1234.50 or 1,234.50.")
    return Decimal(cleaned.replace(",", ""))


@dataclass(frozen=True)
class Money:
    """An amount. minor: integer minor units (cents, yen, fils).  currency: ISO 4217 code."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent(self.currency)
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("money is counted in whole minor units")
        if abs(self.minor) > LARGEST:
            raise Refused("The amount is too large to keep.")

    @classmethod
    def parse(cls, text: str, currency: str, *, rounded: bool = False) -> "Money":
        """An amount in major units as people write it. Raises Refused."""
        return cls.from_major(parse_amount(text), currency, rounded=rounded)

    @classmethod
    def from_major(cls, amount: Decimal | int, currency: str, *, rounded: bool = False) -> "Money":
        """Major units to money. More decimals than the currency has are refused unless `rounded` (half to even)."""
        return cls(to_minor(Decimal(amount), currency, rounded=rounded), currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int | Decimal) -> "Money":
        """By a whole number, or by a decimal with half-even rounding. A float is refused: it is not exact."""
        if isinstance(times, bool) or not isinstance(times, int | Decimal):
            raise TypeError("money is multiplied by an int or a Decimal")
        return Money(_rounded(self.minor * Decimal(times)) if isinstance(times, Decimal) else self.minor * times,
                     self.currency)  # fmt: skip

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: "Money") -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: "Money") -> bool:
        return self.minor >= self._same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def allocate(self, parts: int) -> list["Money"]:
        """`parts` amounts that differ by at most one minor unit and sum to this one exactly, larger ones first."""
        if parts < 1:
            raise Refused("Money is divided among at least one.")
        share, left = divmod(self.minor, parts)
        return [Money(share + (1 if part < left else 0), self.currency) for part in range(parts)]

    def format(self, *, decimals: bool | None = None) -> str:
        """`$1,234`, `$1,234.50`, `¥1,200`, `KWD 1.250`. decimals: always, never, or (None) only where not zero.

        Without decimals the amount is rounded half to even.
        """
        places = exponent(self.currency)
        amount = abs(self.major)
        bare = SYMBOLS.get(self.currency)
        if decimals is False or (decimals is None and bare and amount == amount.to_integral_value()):
            places = 0
        # quantize would need a wider context for the largest amounts; format rounds half to even by itself.
        sign = "\N{MINUS SIGN}" if self.minor < 0 else ""
        return f"{sign}{bare or self.currency + chr(0xA0)}{amount:,.{places}f}"

    def __str__(self) -> str:
        return self.format()

    def _same(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            raise TypeError("money adds to and compares with money only")
        if other.currency != self.currency:
            raise Refused(f"{self.currency} and {other.currency} do not add up without a rate and its date.")
        return other


def to_minor(amount: Decimal, currency: str, *, rounded: bool = False) -> int:
    """Major units → integer minor units. Raises Refused for what is not finite, too large or too fine."""
    places = exponent(currency)
    if not amount.is_finite() or amount.adjusted() > 18:
        raise Refused("The amount is too large to keep.")
    exact = _LONG.scaleb(amount, places) if amount.adjusted() > -60 else amount
    whole = int(exact.to_integral_value(ROUND_HALF_EVEN, _LONG))
    if whole != exact and not rounded:
        raise Refused(f"{currency} has {places or 'no'} decimals: {amount} has more.")
    return whole


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Their sum; nothing sums to zero in `currency`. Raises Refused at the first other currency."""
    return sum(amounts, start=Money(0, currency))


class Rates(Protocol):
    """Where dated rates come from: one unit of `base` is worth `rate` of `quote`."""

    def rate(self, base: str, quote: str, on: date) -> Decimal:
        """The latest rate on or before `on`. Raises Refused when there is none."""
        ...


@dataclass(frozen=True)
class DatedRates:
    """Rates held in memory: (date, base, quote, rate). The inverse of a known pair is used where only it is known."""

    rows: tuple[tuple[date, str, str, Decimal], ...]

    def rate(self, base: str, quote: str, on: date) -> Decimal:
        if base == quote:
            return Decimal(1)
        known = [(day, one, rate) for day, one, other, rate in self.rows
                 if day <= on and {one, other} == {base, quote}]  # fmt: skip
        if not known:
            raise Refused(f"There is no rate from {base} to {quote} on or before {on.isoformat()}.")
        # On the same day the pair as asked for wins over its inverse.
        _, one, rate = max(known, key=lambda row: (row[0], row[1] == base))
        return rate if one == base else 1 / rate


def convert(money: Money, to: str, on: date, rates: Rates) -> Money:
    """The amount in another currency at the latest rate on or before `on`, rounded half to even."""
    if money.currency == to:
        return money
    return Money.from_major(money.major * rates.rate(money.currency, to, on), to, rounded=True)


def _rounded(amount: Decimal) -> int:
    return int(amount.to_integral_value(rounding=ROUND_HALF_EVEN))
