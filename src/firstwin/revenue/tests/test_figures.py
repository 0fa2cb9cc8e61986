"""ARR on any day: of one account, of all, in one currency and in ours."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstwin.accounts.actions.remove import remove_account
from firstwin.accounts.models import Account
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.money import Money, convert
from firstwin.core.rates import StoredRates, put_rate
from firstwin.people.models import User
from firstwin.revenue.actions.receive import LineSaid, receive_lines
from firstwin.revenue.figures import Sums, arr_by_account, arr_by_product, arr_on
from firstwin.revenue.models import SubscriptionLine
from firstwin.revenue.series import arr_series
from firstwin.revenue.tests.facts import NOW, product, say_line

pytestmark = pytest.mark.django_db
ALL = AccountSet.everyone("a test")
DAY = date(2026, 6, 1)


def rate(currency: str, value: str, on: date = date(2026, 1, 1)) -> None:
    put_rate(on=on, base=currency, quote="USD", rate=Decimal(value), source="test")


def test_what_is_in_force_on_the_day_counts(acme: Account, beta: Account) -> None:
    say_line(acme, "L1")
    say_line(acme, "trial", is_trial=True)
    say_line(acme, "over", ends_on=DAY)
    say_line(beta, "L2", starts_on=DAY, ends_on=None, price_period="year", amount_minor=500_00)
    totals = arr_on(ALL, DAY)
    assert (totals.accounts, totals.lines, totals.arr_minor, totals.mrr_minor) == (2, 3, 1_700_00, 141_67)
    assert arr_on(ALL, DAY - timedelta(days=1)).arr_minor == 2_400_00
    assert arr_on(ALL, date(2020, 1, 1)).accounts == 0


def test_only_accounts_of_the_set_and_none_that_was_removed(acme: Account, beta: Account, owner: User) -> None:
    say_line(acme, "L1")
    say_line(beta, "L2")
    assert arr_on(AccountSet.of(owner), DAY).arr_minor == 1_200_00
    remove_account(by=None, account=beta, reason="Twice", now=NOW)
    assert arr_on(ALL, DAY).arr_minor == 1_200_00
    before = clock.day_of(NOW) - timedelta(days=1)
    assert [totals.arr_minor for totals in (arr_on(ALL, before), *arr_series(ALL, [before, DAY]))] == [
        2_400_00,
        2_400_00,
        1_200_00,
    ]


def test_other_currencies_at_the_rate_of_the_day(acme: Account) -> None:
    rate("EUR", "1.1")
    rate("EUR", "1.2", date(2026, 5, 1))
    say_line(acme, "L1", currency="EUR")
    say_line(acme, "L2")
    assert arr_on(ALL, DAY).arr_minor == 1_440_00 + 1_200_00
    assert arr_on(ALL, date(2026, 4, 30)).arr_minor == 1_320_00 + 1_200_00
    assert arr_on(ALL, DAY).by_currency == {"EUR": Sums(1, 100_00, 1_200_00), "USD": Sums(1, 100_00, 1_200_00)}


def test_what_has_no_rate_is_told_apart(acme: Account) -> None:
    say_line(acme, "L1", currency="CHF")
    say_line(acme, "L2")
    totals = arr_on(ALL, DAY)
    assert (totals.lines, totals.arr_minor) == (2, 1_200_00)
    assert totals.unconverted == {"CHF": Sums(1, 100_00, 1_200_00)}


def test_a_trial_in_a_currency_without_a_rate_is_nothing_all_the_same(acme: Account) -> None:
    say_line(acme, "L1", currency="CHF", is_trial=True)
    assert arr_on(ALL, DAY).unconverted == {}


def test_products_make_up_the_total(acme: Account) -> None:
    pro, extra = product("Pro"), product("Extra")
    say_line(acme, "L1", product_id=pro.pk)
    say_line(acme, "L2", product_id=extra.pk, amount_minor=50_00)
    say_line(acme, "L3", amount_minor=1_00)
    sums = {pk: sums.arr_minor for pk, (sums, _) in arr_by_product(ALL, DAY).items()}
    assert sums == {pro.pk: 1_200_00, extra.pk: 600_00, None: 12_00}


_CURRENCIES = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CHF"])
_DAYS = st.dates(date(2025, 1, 1), date(2027, 1, 1))


@st.composite
def _books(draw: st.DrawFn) -> list[tuple[int, str, int, date, date | None, bool]]:
    one = st.tuples(
        st.integers(0, 1), _CURRENCIES, st.integers(-(10**7), 10**9), _DAYS, st.none() | st.integers(0, 500),
        st.booleans(),
    )  # fmt: skip
    return [
        (who, currency, amount, start, start + timedelta(days=days) if days is not None else None, trial)
        for who, currency, amount, start, days, trial in draw(st.lists(one, max_size=12))
    ]


def store(book: list[tuple[int, str, int, date, date | None, bool]], accounts: list[Account]) -> None:
    SubscriptionLine.objects.all().delete()
    said = [
        LineSaid(row=n, external_id=f"L{n}", known_at=NOW, account_id=accounts[who].pk, starts_on=start, ends_on=end,
                 currency=currency, amount_minor=amount, is_trial=trial)
        for n, (who, currency, amount, start, end, trial) in enumerate(book)
    ]  # fmt: skip
    receive_lines(said=said, source="billing", origin=None, now=NOW)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(book=_books(), days=st.lists(_DAYS, min_size=1, max_size=6, unique=True))
def test_accounts_make_up_the_total_on_any_day_and_a_series_agrees(
    acme: Account, beta: Account, book: list[Any], days: list[date]
) -> None:
    rate("EUR", "1.0837", date(2025, 6, 1))
    rate("JPY", "0.0066612", date(2024, 1, 1))
    rate("KWD", "3.2591", date(2026, 2, 2))
    store(book, [acme, beta])
    rates = StoredRates()
    series = arr_series(ALL, sorted(days))
    for day, totals in zip(sorted(days), series, strict=True):
        assert totals == arr_on(ALL, day)
        parts = arr_by_account(ALL, day)
        assert totals.arr_minor == sum(sums.arr_minor for sums, _ in parts.values())
        assert totals.mrr_minor == sum(sums.mrr_minor for sums, _ in parts.values())
        assert totals.lines == sum(one.lines for one in totals.by_currency.values())
        assert totals.accounts == len(parts)
        for account, (sums, missing) in parts.items():
            plain: dict[str, int] = {}
            for who, currency, amount, start, end, trial in book:
                if [acme, beta][who].pk == account and start <= day and (end is None or day < end):
                    plain[currency] = plain.get(currency, 0) + (0 if trial else amount * 12)
            known = {
                c: convert(Money(m, c), "USD", day, rates).minor for c, m in plain.items() if m and c not in missing
            }
            assert sums.arr_minor == sum(known.values())
            assert all(missing[c].arr_minor == plain[c] for c in missing)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cut=st.dates(date(2026, 1, 2), date(2026, 12, 30)), day=_DAYS)
def test_a_line_split_anywhere_gives_the_same(acme: Account, cut: date, day: date) -> None:
    SubscriptionLine.objects.all().delete()
    say_line(acme, "whole")
    whole = arr_on(ALL, day)
    SubscriptionLine.objects.all().delete()
    say_line(acme, "first", ends_on=cut)
    say_line(acme, "second", starts_on=cut)
    assert arr_on(ALL, day) == whole


_TOLD = st.lists(
    st.tuples(st.integers(1, 300), st.integers(1, 10**6)), min_size=1, max_size=5, unique_by=lambda told: told[0]
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(told=_TOLD, asked=st.integers(0, 310), day=_DAYS)
def test_as_known_then_never_sees_what_was_learnt_later(
    acme: Account, told: list[tuple[int, int]], asked: int, day: date
) -> None:
    """What is said after the moment asked about changes nothing about it."""
    SubscriptionLine.objects.all().delete()
    start = datetime(2026, 1, 1, 12, tzinfo=UTC)
    moment = start + timedelta(days=asked, hours=1)
    before = None
    for known, amount in sorted(told):
        if before is None and known > asked:
            before = arr_on(ALL, day, known_by=moment)
        now = start + timedelta(days=known)
        say_line(acme, "L1", now=now, amount_minor=amount, ends_on=date(2027, 1, 1 + amount % 28))
    assert before is None or arr_on(ALL, day, known_by=moment) == before
    assert arr_on(ALL, day, known_by=NOW + timedelta(days=500)) == arr_on(ALL, day)


def run(*args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("revenue", *args, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


def test_the_command_prints_exact_numbers_and_nothing_else(acme: Account) -> None:
    say_line(acme, "L1", amount_minor=100_10)
    out, err = run("--on", "2026-06-01", "--json")
    assert out == ('{"on": "2026-06-01", "accounts": 1, "lines": 1, "mrr": 100.1, "arr": 1201.2, "currency": "USD"}')
    assert err == ""


def test_the_command_warns_about_what_it_could_not_convert(acme: Account) -> None:
    say_line(acme, "L1", currency="JPY", amount_minor=1_000)
    out, err = run("--on", "2026-06-01", "--json", "--by", "currency")
    said = json.loads(out)
    assert said["arr"] == 0
    assert said["unconverted"] == {"JPY": {"lines": 1, "mrr": 1000, "arr": 12000}}
    assert said["by_currency"] == {"JPY": {"lines": 1, "mrr": 1000, "arr": 12000}}
    assert err.startswith("No rate from JPY to USD on or before 2026-06-01")


def test_the_command_tells_accounts_apart_and_what_was_known_then(acme: Account) -> None:
    say_line(acme, "L1")
    say_line(acme, "L1", NOW + timedelta(days=9), ends_on=date(2026, 3, 1))
    assert json.loads(run("--on", "2026-06-01", "--json")[0])["arr"] == 0
    then = json.loads(run("--on", "2026-06-01", "--known-by", "2026-06-02", "--json", "--by", "account")[0])
    assert then["by_account"] == {"acme": {"lines": 1, "mrr": 100, "arr": 1200}}
    assert "ARR $1,200.00" in run("--on", "2026-06-01", "--known-by", "2026-06-02T00:00:00Z")[0]


@pytest.mark.parametrize("args", [("--on", "31.12.2026"), ("--on", "2026-02-30"), ("--known-by", "yesterday")])
def test_the_command_says_what_is_not_a_day(args: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="is not a"):
        run(*args)
