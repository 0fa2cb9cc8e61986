"""Values as people read them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from firstwin.core.money import Money
from firstwin.ui import filters
from firstwin.ui.drawing import spark_line

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=13), "13 days ago"),
        (timedelta(days=23), "3 weeks ago"),
        (timedelta(days=200), "7 months ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(minutes=-5), "in 5 minutes"),
        (timedelta(days=-1), "tomorrow"),
        (timedelta(days=-41), "in 5 weeks"),
    ],
)
def test_ago(before: timedelta, words: str) -> None:
    assert filters.ago(NOW - before) == words


def test_days_show_the_year_only_when_it_is_another() -> None:
    assert filters.day(date(2026, 1, 3)) == "3 Jan"
    assert filters.day(date(2024, 1, 3)) == "3 Jan 2024"
    assert filters.day(date(2026, 1, 3), year="always") == "3 Jan 2026"
    assert filters.moment(NOW) == "10 Mar 2026, 12:00"
    assert filters.exact(date(2026, 1, 3)) == "3 Jan 2026"


def test_numbers_and_money() -> None:
    assert filters.number(-1234567) == "−1,234,567"
    assert filters.share(0.584) == "58%"
    assert filters.plural(1, "row") == "1 row" and filters.plural(3, "reply", "replies") == "3 replies"
    assert filters.money(Money(9_640_000, "USD"), short=True) == "$96.4K"
    assert filters.money(Money(-142_000_000, "EUR"), short=True) == "−€1.42M"
    assert filters.money(Money(99_900, "USD"), short=True) == "$999"
    assert filters.money(Money(120_000, "JPY"), short=True) == "¥120K"
    assert filters.duration(95) == "1 h 35 min" and filters.duration(60) == "1 h" and filters.duration(0) == "0 min"
    assert filters.size(1_400_000) == "1.4 MB" and filters.size(12) == "12 B"


def test_nothing_is_a_dash() -> None:
    writers = (filters.number, filters.share, filters.money, filters.day, filters.moment, filters.ago, filters.duration)
    assert {write(None) for write in writers} == {"–"}


def test_initials_and_hue_are_stable() -> None:
    assert filters.initials("Ada Lovelace Okafor") == "AO"
    assert filters.initials("ada@example.com") == "AC"
    assert filters.initials("") == "?"
    assert 0 <= filters.hue("Ada") < 12 and filters.hue("Ada") == filters.hue("Ada")


def test_a_spark_lifts_the_pen_over_gaps_and_stays_inside() -> None:
    line = spark_line([1, None, 3, 2], 88, 20)
    assert line.path == "M2.5 17.5M57.8 2.5L85.5 10"
    assert (line.x, line.y) == (85.5, 10.0)
    assert spark_line([5, 5], 88, 20).y == 10
    assert spark_line([5], 88, 20).path == ""


@pytest.mark.parametrize(("value", "said"), [(74.9, "74"), (75.0, "75"), (0.4, "0"), (100, "100"), (None, "–")])
def test_a_score_is_rounded_down_so_that_it_never_looks_like_the_next_band(value: float | None, said: str) -> None:
    assert filters.score(value) == said
