from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.core.errors import Refused
from firstwin.core.periods import (
    Period,
    add_months,
    fiscal_name,
    fiscal_year_of,
    last_days,
    month_of,
    next_days,
    quarter_of,
)

JANUARY = Period(date(2024, 1, 1), date(2024, 2, 1))
some_day = st.dates(date(1950, 1, 1), date(2150, 1, 1))
periods = st.builds(lambda day, n: Period(day, day + timedelta(days=n)), some_day, st.integers(1, 800))


def test_the_end_is_the_first_day_without() -> None:
    assert date(2024, 1, 31) in JANUARY
    assert date(2024, 2, 1) not in JANUARY
    assert JANUARY.days == 31
    assert JANUARY.last == date(2024, 1, 31)
    assert Period.through(date(2024, 1, 1), date(2024, 1, 31)) == JANUARY
    assert [*Period(date(2024, 2, 28), date(2024, 3, 1))] == [date(2024, 2, 28), date(2024, 2, 29)]


@pytest.mark.parametrize("end", [date(2024, 1, 1), date(2023, 12, 31)])
def test_a_period_without_days_is_refused(end: date) -> None:
    with pytest.raises(Refused, match="ends after it starts"):
        Period(date(2024, 1, 1), end)


def test_months_are_counted_from_the_anchor_and_do_not_drift() -> None:
    anchor = date(2024, 1, 31)
    assert [add_months(anchor, n) for n in (1, 2, 3)] == [date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]
    assert add_months(date(2023, 1, 31), 1) == date(2023, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2024, 2, 29), 48) == date(2028, 2, 29)
    assert add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    starts = [part.start for part in Period(anchor, date(2024, 6, 1)).months()]
    assert starts == [anchor, date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30), date(2024, 5, 31)]


def test_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(Refused):
        add_months(date(9999, 12, 1), 1)
    with pytest.raises(Refused):
        add_months(date(1, 1, 1), -1)


@given(some_day, st.integers(-600, 600))
def test_a_month_later_is_in_the_month_asked_for(day: date, n: int) -> None:
    later = add_months(day, n)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == n
    assert later.day <= day.day


@given(periods, st.lists(some_day, max_size=5), st.integers(1, 14))
def test_parts_make_up_the_whole(period: Period, days: Any, step: int) -> None:
    for parts in (period.split(*days), period.months(step)):
        assert (parts[0].start, parts[-1].end) == (period.start, period.end)
        assert all(one.end == other.start for one, other in pairwise(parts))
        assert sum(part.days for part in parts) == period.days


@given(periods, periods)
def test_two_periods_overlap_when_they_share_a_day(one: Any, other: Any) -> None:
    shared = one.common(other)
    assert one.overlaps(other) == (shared is not None) == bool(set(one) & set(other))
    assert other.common(one) == shared


def test_fiscal_years_start_in_any_month() -> None:
    assert fiscal_year_of(date(2024, 1, 15), first_month=2) == Period(date(2023, 2, 1), date(2024, 2, 1))
    assert fiscal_year_of(date(2024, 2, 29), first_month=2) == Period(date(2024, 2, 1), date(2025, 2, 1))
    assert quarter_of(date(2024, 1, 15), first_month=2) == Period(date(2023, 11, 1), date(2024, 2, 1))
    assert fiscal_name(date(2024, 1, 15), first_month=2) == "2024 Q4"
    assert fiscal_name(date(2024, 2, 1), first_month=2) == "2025 Q1"
    assert fiscal_name(date(2024, 5, 1)) == "2024 Q2"


@given(some_day, st.integers(1, 12))
def test_quarters_make_up_the_fiscal_year(day: date, first_month: int) -> None:
    year = fiscal_year_of(day, first_month=first_month)
    assert day in year
    quarter = quarter_of(day, first_month=first_month)
    assert day in quarter
    assert quarter in year.months(3)
    assert year.start.month == first_month
    assert day in month_of(day)


def test_windows_include_today() -> None:
    today = date(2024, 3, 31)
    assert [*last_days(2, today=today)] == [date(2024, 3, 30), today]
    assert [*next_days(2, today=today)] == [today, date(2024, 4, 1)]


def test_a_day_on_which_the_clocks_change_is_shorter_or_longer(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    spring, autumn = Period.through(date(2024, 3, 31), date(2024, 3, 31)), Period.through(*[date(2024, 10, 27)] * 2)
    hours = [(end - start).total_seconds() / 3600 for start, end in (spring.moments, autumn.moments)]
    assert hours == [23, 25]


def test_where_midnight_does_not_exist_the_day_starts_after_the_gap(settings: Any) -> None:
    settings.TIME_ZONE = "America/Sao_Paulo"  # clocks went from 00:00 to 01:00
    day = Period.through(date(2018, 11, 4), date(2018, 11, 4))
    assert day.moments == (datetime(2018, 11, 4, 3, tzinfo=UTC), datetime(2018, 11, 5, 2, tzinfo=UTC))
