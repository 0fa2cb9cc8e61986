"""Transforms read what is there, exactly, and say why when they cannot."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from firstwin.connectors.mapping.schema import Column
from firstwin.connectors.mapping.transforms import chain
from firstwin.core.errors import Refused

BERLIN = ZoneInfo("Europe/Berlin")


def run(steps: Any, value: str) -> Any:
    return chain(Column.model_validate({"column": "c", "do": steps}).do, BERLIN)(value)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("steps", "value", "is_read_as"),
    [
        ({"date": "%d-%m-%Y"}, "16-10-2024", date(2024, 10, 16)),
        ({"date": ["%d.%m.%Y", "iso"]}, "2024-02-29", date(2024, 2, 29)),
        ({"moment": "iso"}, "2023-11-02T17:48:22.000+0000", utc(2023, 11, 2, 17, 48, 22)),
        ({"moment": "iso"}, "2024-03-05T14:30:00.000Z", utc(2024, 3, 5, 14, 30)),
        ({"moment": "%Y-%m-%d %H:%M:%S"}, "2024-07-01 12:00:00", utc(2024, 7, 1, 10)),
        ({"moment": {"format": "%Y-%m-%d %H:%M", "zone": "UTC"}}, "2024-07-01 12:00", utc(2024, 7, 1, 12)),
        ({"moment": "epoch_s"}, "1700000000", utc(2023, 11, 14, 22, 13, 20)),
        ({"moment": "epoch_ms"}, "1700000000000", utc(2023, 11, 14, 22, 13, 20)),
        # 02:30 on the day the clocks go back: the first of the two.
        ({"moment": "iso"}, "2024-10-27T02:30:00", utc(2024, 10, 27, 0, 30)),
        ({"moment": {"format": "iso", "when_twice": "later"}}, "2024-10-27T02:30:00", utc(2024, 10, 27, 1, 30)),
        ({"multiply": "1000000"}, "1100.04", Decimal("1100040000.00")),
        ({"multiply": "0.1"}, "1.39E8", Decimal("1.39E7")),
        ({"number": {"decimal": ","}}, "1.234,50", Decimal("1234.50")),
        ([{"multiply": 3}, {"round": 0}], "0.5", Decimal(2)),
        ({"boolean": {"true": ["Y", "ja"], "false": "N"}}, "JA", True),
        ({"look_up": {"technolgy": "technology"}}, "Technolgy", "technology"),
        ({"look_up": {"values": {"a": "b"}, "otherwise": "keep"}}, "z", "z"),
        ({"look_up": {"values": {"a": "b"}, "otherwise": "blank"}}, "z", None),
        ({"look_up": {"values": {"a": "b"}, "default": "other"}}, "z", "other"),
        ([{"split": ";"}, "lower"], "A; B;;C", ["a", "b", "c"]),
        ({"split": {"on": " ", "part": 1}}, "Ada Lovelace", "Ada"),
        ({"split": {"on": " ", "part": -1}}, "Ada King Lovelace", "Lovelace"),
        ({"split": {"on": "@", "part": 2}}, "nobody", None),
        ([{"replace": {"text": "tel:", "with": ""}}, "trim"], "tel: 123", "123"),
        ([{"blank_if": ["N/A", "-"]}, {"date": "iso"}], "n/a", None),
        ([{"date": "iso"}, {"add_days": 1}], "2024-12-31", date(2025, 1, 1)),
        (["upper"], "abc", "ABC"),
    ],
)
def test_it_is_read_as(steps: Any, value: str, is_read_as: Any) -> None:
    assert run(steps, value) == is_read_as


@pytest.mark.parametrize(
    ("steps", "value", "says"),
    [
        ({"date": "%d-%m-%Y"}, "2024-10-16", "is not a day written as %d-%m-%Y"),
        ({"date": "iso"}, "2023-02-29", "not every year has a 29 February"),
        ({"date": "%d-%m-%Y"}, "29-02-2023", "not every year has a 29 February"),
        ({"date": "iso"}, "10000-01-01", "a year has four digits"),
        ({"date": "iso"}, "9999-12-31", "the year lies outside of 1900 to 2200"),
        ({"moment": "iso"}, "2024-01-01T10:00:60Z", "a minute has seconds 00 to 59"),
        ({"moment": "%Y-%m-%d %H:%M:%S"}, "2024-01-01 10:00:60", "a minute has seconds 00 to 59"),
        ({"moment": "iso"}, "2024-03-31T02:30:00", "does not exist in Europe/Berlin"),
        ({"moment": {"format": "iso", "when_twice": "reject"}}, "2024-10-27T02:30:00", "happened twice"),
        ({"moment": "epoch_s"}, "1700000000000", "It looks like milliseconds"),
        ({"moment": "epoch_ms"}, "1700000000", "It looks like seconds"),
        ({"moment": "epoch_s"}, "99999999999999999", "beyond the year 2200"),
        ({"multiply": 2}, "1,5", "is not a number"),
        ({"multiply": 2}, "NaN", "is not a number"),
        ({"multiply": 2}, "Infinity", "is not a number"),
        ({"number": {"decimal": ","}}, "1,234.50", "is not a number"),
        ({"boolean": {"true": "Y", "false": "N"}}, "maybe", "'maybe' is not Y or N"),
        ({"look_up": {"a": "b"}}, "z", "'z' is not in the look-up table"),
        ([{"add_days": 1}], "2024-01-01", "add_days needs a day"),
    ],
)
def test_it_is_refused(steps: Any, value: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        run(steps, value)
    assert says in refused.value.message
