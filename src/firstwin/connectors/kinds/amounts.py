"""Amounts, currencies and other figures of commercial records."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from firstwin.connectors.kinds.values import Reading, as_text
from firstwin.connectors.mapping.transforms import number
from firstwin.core.errors import Refused
from firstwin.core.money import LARGEST, exponent, to_minor

_MOST_UNITS = 10**12
_EXPIRY = re.compile(r"(?P<m1>\d{1,2}) ?[/.-] ?(?P<y1>\d{2}|\d{4})|(?P<y2>\d{4}) ?[/.-] ?(?P<m2>\d{1,2})(-\d{2}.*)?")


def amount(value: Any, reading: Reading) -> Decimal:
    """Major units; minor ones where the mapping says `minor`."""
    return number(value)


def currency(value: Any, reading: Reading) -> str:
    """Raises Refused for what ISO 4217 does not know, naming those that look like it."""
    code = as_text(value).strip().upper()
    exponent(code)
    return code


@lru_cache(maxsize=65_536)
def minor_units(amount: Decimal, currency: str, *, rounds: bool, is_minor: bool) -> int:
    """An amount as it is kept. Raises Refused for more decimals than the currency has, unless `rounds`."""
    if is_minor:
        exponent(currency)
        amount = amount.scaleb(-exponent(currency))
    found = to_minor(amount, currency, rounded=rounds)
    if abs(found) > LARGEST:
        raise Refused("The amount is too large to keep.")
    return found


def quantity(value: Any, reading: Reading) -> int:
    found = number(value)
    if found != found.to_integral_value() or not 0 <= found <= _MOST_UNITS:
        raise Refused("A quantity is a whole number from 0 on.")
    return int(found)


def count(value: Any, reading: Reading) -> int:
    found = number(value)
    if found != found.to_integral_value() or not 0 <= found <= 30_000:
        raise Refused("A count is a whole number from 0 on.")
    return int(found)


def positive(value: Any, reading: Reading) -> Decimal:
    found = number(value)
    if found <= 0:
        raise Refused("It must be more than zero.")
    return found


def card_expiry(value: Any, reading: Reading) -> date:
    """The first day on which the card is no longer good. Cards say a month and are good to its end; so of a day only
    its month counts."""
    if isinstance(value, date):
        return _after(value.year, value.month)
    said = as_text(value).strip()
    match = _EXPIRY.fullmatch(said)
    if match is None:
        raise Refused(f"{said[:40]!r} is no month such as 11/26 or 2026-11.")
    year, month = int(match["y1"] or match["y2"]), int(match["m1"] or match["m2"])
    year += 2000 if year < 100 else 0
    if not 1 <= month <= 12 or not 1990 <= year <= 2100:
        raise Refused(f"{said[:40]!r} is no month such as 11/26 or 2026-11.")
    return _after(year, month)


def last_four(value: Any, reading: Reading) -> str:
    """The last four digits of a card; spreadsheets drop zeros in front. More digits are refused: they are not kept."""
    said = as_text(value).strip().lstrip("*xX\N{BULLET} ")
    if not said.isascii() or not said.isdigit() or len(said) > 4:
        raise Refused("Only the last four digits of a card are kept, never more.")
    return said.zfill(4)


def _after(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1)


def duration(value: Any, reading: Reading) -> Decimal:
    """Minutes or hours, as its field says."""
    found = number(value)
    if not 0 <= found <= 10**7:
        raise Refused("A time that passed is 0 or more.")
    return found


def score(value: Any, reading: Reading) -> Decimal:
    found = number(value)
    if not 0 <= found <= 100:
        raise Refused("A rating lies between 0 and 100.")
    return found
