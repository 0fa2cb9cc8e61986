"""A price per period → what it comes to in a month and in a year. Pure, in whole minor units.

A week counts 52 times a year and a day 365 times, leap year or not, so that a year's ARR never depends on which year
it is. A price for the whole term is spread over its months where the term is whole months (thirteen of them included),
else over its days. Each result is rounded half to even by itself.
"""

import re
from datetime import date
from functools import lru_cache

from firstwin.core.errors import Refused
from firstwin.core.money import LARGEST
from firstwin.core.periods import add_months

ONCE = "once"
TERM = "term"
_A_YEAR = {"day": 365, "week": 52, "month": 12, "quarter": 4, "half_year": 2, "year": 1}
_MONTHS = re.compile(r"([1-9]\d{0,2}) months?")

PERIODS = (*_A_YEAR, TERM, ONCE)
"""The words for a period; `13 months` is one as well."""


def check_period(text: str) -> str:
    """The period as we keep it. Raises Refused for what is none."""
    if text in PERIODS or _MONTHS.fullmatch(text):
        return text
    raise Refused(
        f"{text[:40]!r} is not a price period. Use {', '.join(PERIODS)} or a number of months such as 13 months.",
        field="price_period",
    )


def recurring(amount_minor: int, price_period: str, starts_on: date, ends_on: date | None) -> tuple[int, int]:
    """(mrr_minor, arr_minor) of an amount charged for every `price_period` of a line over [starts_on, ends_on).

    Raises Refused: a period nobody knows, a price per term without an end, or more than fits.
    """
    if price_period == TERM:
        times, per = _term(starts_on, ends_on)
    else:
        times, per = _yearly(price_period)
    mrr, arr = _divided(amount_minor * times, per * 12), _divided(amount_minor * times, per)
    if abs(arr) > LARGEST:
        raise Refused("The amount of a year is too large to keep.", field="amount")
    return mrr, arr


@lru_cache(maxsize=1_024)
def _yearly(price_period: str) -> tuple[int, int]:
    """How many of these periods a year has, as a fraction."""
    if price_period == ONCE:
        return 0, 1
    if price_period in _A_YEAR:
        return _A_YEAR[price_period], 1
    months = _MONTHS.fullmatch(check_period(price_period))
    return 12, int(months[1]) if months else 1


def _term(starts_on: date, ends_on: date | None) -> tuple[int, int]:
    if ends_on is None:
        raise Refused("A price for the whole term needs the day the term ends.", field="ends_on")
    if ends_on <= starts_on:
        return 0, 1
    months = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month
    if months > 0 and add_months(starts_on, months) == ends_on:
        return 12, months
    return 365, (ends_on - starts_on).days


def _divided(amount: int, by: int) -> int:
    """Half to even; `by` is positive."""
    whole, left = divmod(amount, by)
    return whole + (2 * left > by or (2 * left == by and whole % 2 == 1))
