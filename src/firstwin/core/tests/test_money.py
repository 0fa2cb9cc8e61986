from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.core.currencies import EXPONENTS
from firstwin.core.errors import Refused
from firstwin.core.money import DatedRates, Money, convert, total

currencies = st.sampled_from(["USD", "JPY", "KWD", "CLF"])
minors = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1,234.50", "USD", 123450),
        ("1.39E8", "USD", 13_900_000_000),
        ("1200", "JPY", 1200),
        ("1.250", "KWD", 1250),
        ("0.0001", "CLF", 1),
        ("-3", "USD", -300),
        ("\N{MINUS SIGN}3", "USD", -300),
        (".5", "USD", 50),
        ("0", "EUR", 0),
        ("1.10E1", "JPY", 11),
    ],
)
def test_amounts_are_read_exactly(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", ".", "1.2.3", "1,23", "12,34.5", "1.234,50", "1 234", "NaN", "Infinity", "1e400", "٣", "$5", "1_0"],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        Money.parse(text, "USD")


@given(st.text())
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        money = Money.parse(text, "USD")
    except Refused:
        return
    assert Money.from_major(money.major, "USD") == money


def test_more_decimals_than_the_currency_has_are_refused_unless_rounded() -> None:
    with pytest.raises(Refused, match="JPY has no decimals"):
        Money.parse("1.5", "JPY")
    with pytest.raises(Refused, match="USD has 2 decimals"):
        Money.from_major(Decimal("0.005"), "USD")
    halves = [Money.from_major(Decimal(text), "USD", rounded=True).minor for text in ("0.005", "0.015", "-0.025")]
    assert halves == [0, 2, -2]
    assert Money.from_major(Decimal("1e-100"), "USD", rounded=True).minor == 0
    with pytest.raises(Refused):
        Money.from_major(Decimal("1e-100"), "USD")


def test_unknown_currencies_are_refused_and_known_ones_have_their_decimals() -> None:
    with pytest.raises(Refused, match=r"'USDD' is not an ISO 4217 currency. Did you mean USD"):
        Money(1, "USDD")
    assert {code: EXPONENTS[code] for code in ("USD", "JPY", "KWD", "CLF", "ISK", "TND")} == {
        "USD": 2, "JPY": 0, "KWD": 3, "CLF": 4, "ISK": 0, "TND": 3,
    }  # fmt: skip


def test_currencies_never_mix_by_themselves() -> None:
    for mixing in (Money.__add__, Money.__sub__, Money.__lt__, Money.__ge__):
        with pytest.raises(Refused, match="do not add up without a rate"):
            mixing(Money(1, "USD"), Money(1, "EUR"))
    with pytest.raises(Refused):
        total([Money(1, "USD"), Money(1, "EUR")], "USD")
    assert Money(100, "USD") != Money(100, "EUR")


def test_floats_are_not_money() -> None:
    with pytest.raises(TypeError):
        Money(1.5, "USD")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Money(100, "USD") * 1.5  # type: ignore[operator]
    with pytest.raises(TypeError):
        Money(100, "USD") + 1  # type: ignore[operator]


def test_arithmetic() -> None:
    assert Money(150, "USD") + Money(-50, "USD") == Money(100, "USD")
    assert -Money(150, "USD") * 2 == Money(-300, "USD")
    assert Money(5, "USD") * Decimal("0.5") == Money(2, "USD")
    assert total([], "JPY") == Money(0, "JPY")
    assert not Money(0, "USD")
    assert Money(1, "USD") < Money(2, "USD")
    with pytest.raises(Refused, match="too large"):
        Money(2**62, "USD") + Money(2**62, "USD")


@given(minors, currencies, st.integers(1, 50))
def test_parts_sum_to_the_whole(minor: int, currency: str, parts: int) -> None:
    whole = Money(minor, currency)
    shares = whole.allocate(parts)
    assert total(shares, currency) == whole
    assert max(shares).minor - min(shares).minor <= 1


@given(minors, currencies)
def test_major_and_minor_are_the_same_amount(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.from_major(money.major, currency) == money
    assert Money.parse(format(money.major, ",f"), currency) == money


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(123400, "USD"), "$1,234"),
        (Money(123450, "USD"), "$1,234.50"),
        (Money(1200, "JPY"), "¥1,200"),
        (Money(1250, "KWD"), "KWD\N{NO-BREAK SPACE}1.250"),
        (Money(-500, "EUR"), "\N{MINUS SIGN}€5"),
        (Money(100000, "CHF"), "CHF\N{NO-BREAK SPACE}1,000.00"),
        (Money(0, "USD"), "$0"),
    ],
)
def test_how_money_is_written(money: Money, shown: str) -> None:
    assert str(money) == shown


def test_decimals_are_shown_or_left_out_on_request() -> None:
    assert Money(123450, "USD").format(decimals=False) == "$1,234"
    assert Money(123400, "USD").format(decimals=True) == "$1,234.00"


RATES = DatedRates(
    (
        (date(2024, 1, 1), "EUR", "USD", Decimal("1.10")),
        (date(2024, 2, 1), "EUR", "USD", Decimal("1.08")),
        (date(2024, 1, 1), "USD", "JPY", Decimal("141.5")),
    )
)


def test_the_latest_rate_on_or_before_the_day_is_used() -> None:
    euro = Money.parse("100", "EUR")
    assert convert(euro, "USD", date(2024, 1, 31), RATES) == Money.parse("110", "USD")
    assert convert(euro, "USD", date(2024, 2, 1), RATES) == Money.parse("108", "USD")
    assert convert(Money.parse("110", "USD"), "EUR", date(2024, 1, 5), RATES) == euro
    assert convert(Money(101, "USD"), "JPY", date(2024, 1, 5), RATES) == Money(143, "JPY")  # 142.915
    assert convert(euro, "EUR", date(1990, 1, 1), RATES) == euro


def test_without_a_rate_there_is_no_answer() -> None:
    with pytest.raises(Refused, match="no rate from EUR to USD on or before 2023-12-31"):
        convert(Money(1, "EUR"), "USD", date(2023, 12, 31), RATES)
    with pytest.raises(Refused, match="no rate from EUR to JPY"):
        convert(Money(1, "EUR"), "JPY", date(2024, 6, 1), RATES)
