"""Where an account stands commercially, and what lists and the command line say of it."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from firstwin.accounts.actions.refresh_now import refresh_now
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.published import publish
from firstwin.core.conditions import check, parse, to_q
from firstwin.core.fields import vocabulary
from firstwin.revenue.actions.receive import ContractSaid, receive_contracts
from firstwin.revenue.invariants import (
    beliefs_do_not_overlap,
    money_follows_price,
    pieces_do_not_overlap,
    words_are_legal,
)
from firstwin.revenue.models import CommercialStatus, SubscriptionLine
from firstwin.revenue.standing import Standing, standing_of
from firstwin.revenue.tests.facts import NOW, product, say_card, say_invoice, say_line

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


def standing(account: Account, on: date = TODAY, **more: Any) -> Standing:
    return standing_of([account.pk], on, now=NOW, **more).get(account.pk, Standing())


def test_an_account_nobody_bills_has_no_status(acme: Account) -> None:
    assert standing_of([acme.pk], TODAY, now=NOW) == {}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, CommercialStatus.CUSTOMER),
        ({"is_trial": True}, CommercialStatus.TRIAL),
        ({"ends_on": TODAY}, CommercialStatus.CHURNED),
        ({"is_trial": True, "ends_on": TODAY}, CommercialStatus.PROSPECT),
        ({"starts_on": date(2026, 6, 2)}, CommercialStatus.PROSPECT),
        ({"charge": "one_off"}, CommercialStatus.PROSPECT),
        ({"ends_on": date(2026, 1, 1)}, CommercialStatus.PROSPECT),
    ],
)
def test_status_follows_from_the_lines(acme: Account, said: dict[str, Any], status: CommercialStatus) -> None:
    say_line(acme, "L1", **said)
    assert standing(acme).status == status


def test_a_customer_who_came_back_is_one_since_the_first_day(acme: Account) -> None:
    say_line(acme, "L1", starts_on=date(2024, 1, 1), ends_on=date(2025, 1, 1))
    say_line(acme, "L2", starts_on=date(2026, 1, 1), ends_on=None)
    assert standing(acme, date(2025, 6, 1)).churned_on == date(2025, 1, 1)
    now = standing(acme)
    assert (now.status, now.customer_since_on, now.churned_on) == (CommercialStatus.CUSTOMER, date(2024, 1, 1), None)


def test_seats_products_and_arr_on_a_day(acme: Account) -> None:
    pro, extra = product("Pro"), product("Extra")
    say_line(acme, "L1", product_id=pro.pk)
    say_line(acme, "L2", product_id=extra.pk, quantity=5, is_trial=True)
    say_line(acme, "L3", product_id=extra.pk, quantity=None, starts_on=date(2026, 7, 1))
    now = standing(acme)
    assert (now.arr_minor, now.seats, now.products, now.lines) == (1_200_00, 10, ("extra", "pro"), 2)


def test_the_next_renewal_is_the_nearest_one_ahead_and_else_the_end(acme: Account) -> None:
    say_line(acme, "L1", ends_on=date(2026, 9, 1))
    assert standing(acme).renewal.on == date(2026, 9, 1)  # type: ignore[union-attr]
    said = ContractSaid(row=2, external_id="C1", known_at=NOW, account_id=acme.pk, starts_on=date(2026, 1, 1),
                        renews_on=date(2027, 1, 1), notice_on=date(2026, 10, 1), auto_renews=True)  # fmt: skip
    receive_contracts(said=[said], source="crm", origin=None, now=NOW)
    renewal = standing(acme).renewal
    assert renewal is not None
    assert (renewal.on, renewal.notice_on, renewal.auto_renews) == (date(2027, 1, 1), date(2026, 10, 1), True)
    say_line(acme, "L2", renews_on=date(2026, 5, 1), ends_on=None)  # past: it does not come again
    assert standing(acme).renewal == renewal


def test_what_is_overdue_on_any_day(acme: Account) -> None:
    say_invoice(acme, "I1", due_on=date(2026, 5, 10), paid_minor=40_00)
    say_invoice(acme, "I2", due_on=date(2026, 5, 20), state="paid", settled_at=datetime(2026, 5, 25, 12, tzinfo=UTC))
    say_invoice(acme, "I3", due_on=TODAY)
    say_invoice(acme, "I4", due_on=date(2026, 5, 1), kind="credit_note", total_minor=-5_00)
    now = standing(acme)
    assert (now.overdue_minor, now.overdue_since_on, now.overdue_count) == (60_00, date(2026, 5, 10), 1)
    then = standing(acme, date(2026, 5, 22))
    assert (then.overdue_minor, then.overdue_since_on, then.overdue_count) == (200_00, date(2026, 5, 10), 2)
    assert standing(acme, date(2026, 5, 22), known_by=datetime(2026, 5, 23, tzinfo=UTC)).overdue_minor is None


def test_the_card_that_is_charged(acme: Account) -> None:
    say_card(acme, "old", expires_on=date(2026, 5, 1), is_default=False)
    say_card(acme, "new")
    assert standing(acme).card_expires_on == date(2026, 12, 1)
    say_card(acme, "new", NOW, removed_at=NOW - timedelta(days=1))
    assert standing(acme).card_expires_on == date(2026, 5, 1)


def test_lists_show_it_filter_by_it_and_say_what_is_odd(acme: Account, beta: Account) -> None:
    pro = product("Pro")
    say_line(acme, "L1", product_id=pro.pk, ends_on=None)
    say_line(acme, "L2", product_id=pro.pk, ends_on=None, currency="CHF")
    say_line(beta, "L3", product_id=pro.pk)
    publish("revenue", None, now=NOW)
    rows = AccountNow.objects.in_bulk([acme.pk, beta.pk])
    assert (rows[acme.pk].arr_minor, rows[beta.pk].arr_minor) == (None, 1_200_00)
    assert (rows[beta.pk].products, rows[beta.pk].seats, rows[beta.pk].renews_on) == ("|pro|", 10, date(2027, 1, 1))
    known = vocabulary()
    for asked, wanted in (
        ({"field": "arr", "op": "ge", "value": 1200}, {beta.pk}),
        ({"field": "products", "op": "has", "value": "pro"}, {acme.pk, beta.pk}),
        ({"field": "commercial_status", "op": "eq", "value": "customer"}, {acme.pk, beta.pk}),
    ):
        tree = parse(asked)
        check(tree, known)
        assert set(AccountNow.objects.filter(to_q(tree, known, TODAY)).values_list("pk", flat=True)) == wanted
    refresh_now(None, now=NOW)
    codes = {issue["code"] for issue in AccountNow.objects.get(pk=acme.pk).issues}
    assert {"no_rate", "lines_overlap", "no_renewal"} <= codes
    assert not {"no_rate", "lines_overlap", "no_renewal"} & {
        issue["code"] for issue in AccountNow.objects.get(pk=beta.pk).issues
    }
    assert AccountNow.objects.get(pk=beta.pk).arr_minor == 1_200_00


def test_the_command_line_tells_the_commercial_chapter(acme: Account) -> None:
    say_line(acme, "L1", product_id=product("Pro").pk)
    say_invoice(acme, "I1")
    out = StringIO()
    call_command("account", "acme", "--json", stdout=out)
    said = json.loads(out.getvalue())["commercial"]
    assert (said["arr"], said["products"], said["lines"][0]["price"]) == ("1200.00", ["pro"], "100.00")
    assert said["invoices"]["count"] == 1
    out = StringIO()
    call_command("account", "acme", "--json", "--as-of", "2026-05-01", stdout=out)
    assert "commercial" not in json.loads(out.getvalue())


def test_verify_finds_money_and_pieces_that_were_tampered_with(acme: Account) -> None:
    say_line(acme, "L1")
    say_line(acme, "L1", NOW + timedelta(days=1), amount_minor=300_00)
    say_line(acme, "L2", price_period="term", amount_minor=1_200_00)
    say_invoice(acme, "I1", state="paid", settled_at=NOW)
    checks = (pieces_do_not_overlap, beliefs_do_not_overlap, money_follows_price, words_are_legal)
    assert [check(NOW) for check in checks] == [[], [], [], []]
    lines = SubscriptionLine.objects.standing().filter(external_id="L1")
    lines.update(arr_minor=7, charge="gift")
    lines.filter(ends_on=date(2026, 6, 2)).update(ends_on=date(2026, 7, 1))
    assert pieces_do_not_overlap(NOW) == ["subscription line L1 of billing: its pieces do not follow each other"]
    assert len(money_follows_price(NOW)) == 1
    assert len(words_are_legal(NOW)) == 2
