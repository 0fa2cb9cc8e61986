"""Subscription lines as a source tells them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from firstwin.accounts.models import Account
from firstwin.revenue.actions.receive import LineSaid, receive_lines
from firstwin.revenue.models import SubscriptionLine
from firstwin.revenue.tests.facts import NOW, product, say_line

pytestmark = pytest.mark.django_db


def pieces(external_id: str = "L1") -> list[tuple[date, date | None, int]]:
    rows = SubscriptionLine.objects.standing().filter(external_id=external_id).order_by("starts_on")
    return [(row.starts_on, row.ends_on, row.arr_minor) for row in rows]


def test_a_new_line_is_stored_with_where_it_came_from(acme: Account) -> None:
    plan = product("Pro")
    before = Account.objects.get(pk=acme.pk).revision
    said = LineSaid(
        row=7, external_id="L1", known_at=NOW, account_id=acme.pk, starts_on=date(2026, 1, 1), ends_on=None,
        currency="EUR", product_id=plan.pk, quantity=25, amount_minor=2_500_00, price_period="year", auto_renews=True,
    )  # fmt: skip
    received = receive_lines(said=[said], source="billing", origin=3, now=NOW)
    line = SubscriptionLine.objects.get()
    assert (received.new, received.touched, received.ids) == ({7}, {acme.pk}, {7: acme.pk})
    assert (line.origin_run, line.origin_line, line.source, line.is_reconstructed) == (3, 7, "billing", True)
    assert (line.mrr_minor, line.arr_minor, line.quantity, line.product) == (208_33, 2_500_00, 25, plan)
    assert Account.objects.get(pk=acme.pk).revision == before + 1


def test_the_same_again_changes_nothing(acme: Account) -> None:
    say_line(acme, "L1")
    stored = list(SubscriptionLine.objects.values())
    revision = Account.objects.get(pk=acme.pk).revision
    received = say_line(acme, "L1", NOW + timedelta(days=3))
    assert (received.new, received.changed, received.touched) == (set(), set(), set())
    assert list(SubscriptionLine.objects.values()) == stored
    assert Account.objects.get(pk=acme.pk).revision == revision


def test_more_seats_hold_from_the_day_they_are_known_and_the_past_stays(acme: Account) -> None:
    say_line(acme, "L1")
    later = NOW + timedelta(days=30)
    received = say_line(acme, "L1", later, quantity=20, amount_minor=200_00)
    assert received.changed == {2}
    assert pieces() == [
        (date(2026, 1, 1), date(2026, 7, 1), 1_200_00),
        (date(2026, 7, 1), date(2027, 1, 1), 2_400_00),
    ]
    as_known = SubscriptionLine.objects.known_by(NOW + timedelta(days=1)).in_force(date(2026, 8, 1))
    assert [row.arr_minor for row in as_known] == [1_200_00]


def test_a_source_may_say_since_when_or_that_it_was_so_all_along(acme: Account) -> None:
    say_line(acme, "L1")
    say_line(acme, "L1", NOW + timedelta(days=1), amount_minor=200_00, effective_on=date(2026, 3, 1))
    assert pieces()[0] == (date(2026, 1, 1), date(2026, 3, 1), 1_200_00)
    say_line(acme, "L1", NOW + timedelta(days=2), amount_minor=300_00, corrects=True)
    assert pieces() == [(date(2026, 1, 1), date(2027, 1, 1), 3_600_00)]


def test_a_moved_end_changes_no_price(acme: Account) -> None:
    say_line(acme, "L1")
    say_line(acme, "L1", NOW + timedelta(days=1), ends_on=date(2028, 1, 1))
    assert pieces() == [(date(2026, 1, 1), date(2028, 1, 1), 1_200_00)]
    say_line(acme, "L1", NOW + timedelta(days=2), ends_on=date(2026, 4, 1))
    assert pieces() == [(date(2026, 1, 1), date(2026, 4, 1), 1_200_00)]


def test_a_line_that_belongs_to_another_account_moves_and_both_are_touched(acme: Account, beta: Account) -> None:
    say_line(acme, "L1")
    received = say_line(beta, "L1", NOW + timedelta(days=1))
    assert received.touched == {acme.pk, beta.pk}
    assert [row.account_id for row in SubscriptionLine.objects.standing()] == [beta.pk]


def test_lines_that_overlap_both_count_and_a_gap_of_a_day_is_one(acme: Account) -> None:
    say_line(acme, "L1", ends_on=date(2026, 7, 1))
    say_line(acme, "L2", starts_on=date(2026, 6, 1), ends_on=date(2026, 9, 1))
    say_line(acme, "L3", starts_on=date(2026, 9, 2), ends_on=None)
    in_force = SubscriptionLine.objects.standing().in_force
    assert [in_force(date(2026, *day)).count() for day in ((6, 15), (8, 31), (9, 1), (9, 2))] == [2, 1, 0, 1]


def test_a_line_without_a_day_is_kept_with_a_warning_and_never_in_force(acme: Account) -> None:
    received = say_line(acme, "L1", ends_on=date(2026, 1, 1))
    assert received.new == {2}
    assert received.warned == {2: ["It starts and ends on the same day, so it is never in force."]}
    assert not SubscriptionLine.objects.standing().in_force(date(2026, 1, 1)).exists()


@pytest.mark.parametrize(
    ("said", "arr"),
    [
        ({"is_trial": True}, 0),
        ({"charge": "one_off", "price_period": "once"}, 0),
        ({"charge": "metered"}, 0),
        ({"charge": "tax"}, 0),
        ({"amount_minor": 0}, 0),
        ({"amount_minor": -50_00}, -600_00),
        ({"currency": "JPY", "amount_minor": 10_000}, 120_000),
        ({"currency": "KWD", "amount_minor": 1_005}, 12_060),
        ({"price_period": "term", "ends_on": date(2027, 2, 1), "amount_minor": 1_300_00}, 1_200_00),
        ({"price_period": "13 months", "amount_minor": 1_300_00}, 1_200_00),
    ],
)
def test_what_counts_as_recurring(acme: Account, said: dict[str, Any], arr: int) -> None:
    say_line(acme, "L1", **said)
    assert SubscriptionLine.objects.get().arr_minor == arr


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"ends_on": date(2025, 12, 31)}, "ends_on"),
        ({"currency": "EURO"}, "currency"),
        ({"quantity": -1}, "quantity"),
        ({"price_period": "fortnight"}, "price_period"),
        ({"price_period": "term", "ends_on": None}, "ends_on"),
        ({"amount_minor": 2**63}, "amount"),
        ({"amount_minor": 2**62}, "amount"),
        ({"charge": "gift"}, "charge"),
        ({"known_at": NOW + timedelta(days=1)}, "known_at"),
        ({"contract": "x" * 256}, "external_id"),
    ],
)
def test_what_cannot_be_so_is_refused_with_its_field(acme: Account, said: dict[str, Any], field: str) -> None:
    received = say_line(acme, "L1", **said)
    assert received.refused[2].field == field
    assert not SubscriptionLine.objects.exists()


def test_a_line_told_twice_in_one_file_counts_once_and_says_so(acme: Account) -> None:
    def said(row: int, amount: int, known: datetime = NOW) -> LineSaid:
        return LineSaid(row=row, external_id="L1", known_at=known, account_id=acme.pk, starts_on=date(2026, 1, 1),
                        currency="USD", amount_minor=amount)  # fmt: skip

    for _ in range(2):
        received = receive_lines(said=[said(2, 1), said(3, 2)], source="billing", origin=None, now=NOW)
        assert received.skipped == {2}
        assert received.warned == {2: ["'L1' is told again on line 3, which counts."]}
        assert pieces() == [(date(2026, 1, 1), None, 24)]
    earlier, later = datetime(2026, 2, 1, 12, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)
    receive_lines(said=[said(2, 9, later), said(3, 5, earlier)], source="crm", origin=None, now=NOW)
    rows = SubscriptionLine.objects.standing().filter(source="crm").order_by("starts_on")
    assert [(row.starts_on, row.amount_minor) for row in rows] == [(date(2026, 1, 1), 5), (date(2026, 3, 1), 9)]


def test_what_a_source_does_not_speak_of_stays(acme: Account) -> None:
    say_line(acme, "L1", renews_on=date(2026, 12, 1))
    said = LineSaid(row=3, external_id="L1", known_at=NOW, account_id=acme.pk, starts_on=date(2026, 1, 1),
                    ends_on=date(2027, 1, 1), currency="USD", amount_minor=500_00)  # fmt: skip
    receive_lines(said=[said], source="billing", origin=None, now=NOW, unsaid={"renews_on", "quantity"})
    line = SubscriptionLine.objects.standing().get()
    assert (line.renews_on, line.quantity, line.amount_minor) == (date(2026, 12, 1), 10, 500_00)


def test_a_statement_that_arrives_late_finds_its_place(acme: Account) -> None:
    def tell(amount: int, month: int) -> None:
        moment = datetime(2026, month, 1, 12, tzinfo=UTC)
        say_line(acme, "L1", amount_minor=amount, known_at=moment, has_own_time=True)

    tell(100, 1)
    tell(300, 5)
    tell(200, 3)
    rows = SubscriptionLine.objects.standing().order_by("starts_on")
    assert [(row.starts_on.month, row.amount_minor, row.is_reconstructed) for row in rows] == [
        (1, 100, False), (3, 200, False), (5, 300, False),
    ]  # fmt: skip
    for day in (date(2026, 2, 1), date(2026, 4, 1), date(2026, 6, 1)):
        for month in (2, 4, 6):
            known = datetime(2026, month, 1, tzinfo=UTC)
            assert SubscriptionLine.objects.known_by(known).in_force(day).count() == 1


def test_many_lines_take_few_queries(acme: Account, django_assert_max_num_queries: Any) -> None:
    def said(n: int, amount: int) -> LineSaid:
        return LineSaid(row=n, external_id=f"L{n}", known_at=NOW, account_id=acme.pk, starts_on=date(2026, 1, 1),
                        currency="USD", amount_minor=amount)  # fmt: skip

    with django_assert_max_num_queries(6):
        receive_lines(said=[said(n, 1) for n in range(500)], source="billing", origin=None, now=NOW)
    with django_assert_max_num_queries(7):
        receive_lines(said=[said(n, 2) for n in range(500)], source="billing", origin=None, now=NOW)
    assert SubscriptionLine.objects.standing().filter(amount_minor=2).count() == 500
