"""What a price comes to in a month and a year."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstwin.core.errors import Refused
from firstwin.core.money import to_minor
from firstwin.core.periods import add_months
from firstwin.revenue.prices import PERIODS, check_period, recurring

START = date(2024, 1, 31)
AMOUNTS = st.integers(-(10**12), 10**12)


@pytest.mark.parametrize(
    ("amount", "period", "mrr", "arr"),
    [
        (100_00, "month", 100_00, 1200_00),
        (1200_00, "year", 100_00, 1200_00),
        (100_00, "year", 833, 100_00),
        (300_00, "quarter", 100_00, 1200_00),
        (600_00, "half_year", 100_00, 1200_00),
        (10_00, "week", 43_33, 520_00),
        (1_00, "day", 30_42, 365_00),
        (1300_00, "13 months", 100_00, 1200_00),
        (100_00, "1 month", 100_00, 1200_00),
        (99_00, "once", 0, 0),
        (0, "month", 0, 0),
        (-50_00, "month", -50_00, -600_00),
        (6, "year", 0, 6),  # half a cent a month goes to the even side
        (18, "year", 2, 18),
    ],
)
def test_a_price_per_period(amount: int, period: str, mrr: int, arr: int) -> None:
    assert recurring(amount, period, START, None) == (mrr, arr)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "amount", "arr"),
    [
        (date(2024, 1, 15), date(2025, 2, 15), 1300_00, 1200_00),  # thirteen months
        (date(2024, 2, 29), date(2025, 2, 28), 1200_00, 1200_00),  # a year from a leap day
        (date(2024, 1, 31), date(2024, 2, 29), 100_00, 1200_00),  # a month from the 31st
        (date(2024, 1, 1), date(2025, 1, 1), 1200_00, 1200_00),  # 366 days and still a year
        (date(2024, 1, 1), date(2024, 1, 11), 10_00, 365_00),  # ten days
        (date(2024, 1, 1), date(2024, 1, 1), 10_00, 0),  # no day at all
    ],
)
def test_a_price_for_the_term(starts_on: date, ends_on: date, amount: int, arr: int) -> None:
    assert recurring(amount, "term", starts_on, ends_on)[1] == arr


def test_currencies_without_cents_and_with_mils_are_exact() -> None:
    assert recurring(to_minor(Decimal(10_000), "JPY"), "year", START, None) == (833, 10_000)
    assert recurring(to_minor(Decimal("10.005"), "KWD"), "month", START, None) == (10_005, 120_060)


@pytest.mark.parametrize("bad", ["fortnight", "0 months", "1000 months", "months", "Month", "", "3.5 months"])
def test_an_unknown_period_is_refused(bad: str) -> None:
    with pytest.raises(Refused, match="not a price period"):
        recurring(1, bad, START, None)


def test_a_term_without_an_end_is_refused() -> None:
    with pytest.raises(Refused, match="needs the day"):
        recurring(1, "term", START, None)


def test_more_than_a_column_holds_is_refused() -> None:
    with pytest.raises(Refused, match="too large"):
        recurring(2**62, "month", START, None)


@settings(deadline=None)
@given(AMOUNTS, st.sampled_from([*PERIODS, "13 months", "36 months"]), st.integers(1, 2000))
def test_a_month_is_the_twelfth_of_a_year_within_rounding(amount: int, period: str, days: int) -> None:
    mrr, arr = recurring(amount, period, START, START + timedelta(days=days))
    assert abs(12 * mrr - arr) <= 6 + 1
    assert recurring(-amount, period, START, START + timedelta(days=days)) == (-mrr, -arr)


@settings(deadline=None)
@given(AMOUNTS, st.integers(1, 999))
def test_any_number_of_months_is_spread_half_to_even(amount: int, months: int) -> None:
    assert recurring(amount, f"{months} months", START, None)[1] == round(Fraction(amount * 12, months))


@settings(deadline=None)
@given(AMOUNTS, st.dates(date(1990, 1, 1), date(2050, 1, 1)), st.integers(1, 60))
def test_a_term_of_whole_months_is_that_many_months(amount: int, start: date, months: int) -> None:
    by_term = recurring(amount, "term", start, add_months(start, months))
    assert by_term == recurring(amount, f"{months} months", start, None)


def test_every_period_is_known() -> None:
    assert [check_period(one) for one in PERIODS] == list(PERIODS)
