"""Invoices, ways of paying, contracts and losses as a source tells them."""

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from firstwin.accounts.models import Account
from firstwin.core.clock import start_of
from firstwin.revenue.actions.receive import (
    ChurnSaid,
    ContractSaid,
    InvoiceSaid,
    receive_churn,
    receive_contracts,
    receive_invoices,
)
from firstwin.revenue.models import ChurnRecord, Contract, Invoice, PaymentMethod
from firstwin.revenue.tests.facts import NOW, say_card, say_invoice

pytestmark = pytest.mark.django_db
ISSUED = start_of(date(2026, 5, 1))
PAID = datetime(2026, 5, 20, 12, tzinfo=UTC)


def states(external_id: str = "I1") -> list[tuple[datetime, datetime | None, str, int]]:
    rows = Invoice.objects.standing().filter(external_id=external_id).order_by("valid_from")
    return [(row.valid_from, row.valid_to, row.state, row.paid_minor) for row in rows]


def test_a_paid_invoice_was_open_until_it_was_paid(acme: Account) -> None:
    say_invoice(acme, "I1", state="paid", paid_minor=100_00, settled_at=PAID)
    assert states() == [(ISSUED, PAID, "open", 0), (PAID, None, "paid", 100_00)]


def test_without_its_moment_a_payment_takes_effect_when_it_is_known(acme: Account) -> None:
    say_invoice(acme, "I1")
    later = NOW + timedelta(days=2)
    assert say_invoice(acme, "I1", later, state="paid").changed == {2}
    assert states() == [(ISSUED, later, "open", 0), (later, None, "paid", 0)]
    assert say_invoice(acme, "I1", later + timedelta(days=1), state="paid").changed == set()


def test_a_part_paid_and_a_due_day_put_off_keep_what_was_before(acme: Account) -> None:
    say_invoice(acme, "I1")
    say_invoice(acme, "I1", NOW + timedelta(days=1), paid_minor=30_00)
    say_invoice(acme, "I1", NOW + timedelta(days=2), paid_minor=30_00, due_on=date(2026, 7, 1))
    rows = Invoice.objects.standing().order_by("valid_from")
    assert [(row.paid_minor, row.due_on, row.owed_minor) for row in rows] == [
        (0, date(2026, 5, 31), 100_00), (30_00, date(2026, 5, 31), 70_00), (30_00, date(2026, 7, 1), 70_00),
    ]  # fmt: skip


def test_a_corrected_moment_of_payment_moves_it(acme: Account) -> None:
    say_invoice(acme, "I1", state="paid", settled_at=PAID)
    for moment in (PAID + timedelta(days=3), PAID - timedelta(days=3)):
        say_invoice(acme, "I1", NOW + timedelta(days=1), state="paid", settled_at=moment)
        assert [row[0] for row in states()] == [ISSUED, moment]


def test_a_payment_that_bounced_opens_it_again(acme: Account) -> None:
    say_invoice(acme, "I1", state="paid", settled_at=PAID)
    say_invoice(acme, "I1", NOW + timedelta(days=1))
    assert [row[2] for row in states()] == ["open", "paid", "open"]


def test_snapshots_with_their_own_times_end_alike_in_any_order(acme: Account) -> None:
    told: list[dict[str, Any]] = [
        {"known_at": ISSUED + timedelta(days=1)},
        {"known_at": ISSUED + timedelta(days=9), "paid_minor": 30_00},
        {"known_at": PAID + timedelta(days=1), "state": "paid", "paid_minor": 100_00, "settled_at": PAID},
    ]
    seen = []
    for n, order in enumerate(permutations(told)):
        for one in order:
            say_invoice(acme, f"I{n}", has_own_time=True, **one)
        seen.append(states(f"I{n}"))
    assert seen == [seen[0]] * len(seen)
    assert [row[2:] for row in seen[0]] == [("open", 0), ("open", 30_00), ("paid", 100_00)]


def test_a_credit_note_is_negative_and_an_odd_invoice_is_kept_with_a_warning(acme: Account) -> None:
    assert say_invoice(acme, "C1", kind="credit_note", total_minor=-5_00).warned == {}
    assert 2 in say_invoice(acme, "I1", total_minor=-5_00).warned
    assert 2 in say_invoice(acme, "I2", due_on=date(2026, 4, 1)).warned
    assert Invoice.objects.count() == 3


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"currency": "XYZ"}, "currency"),
        ({"state": "overdue"}, "state"),
        ({"total_minor": 2**63}, "total"),
        ({"settled_at": NOW + timedelta(days=1), "state": "paid"}, "settled_at"),
        ({"number": "9" * 121}, "external_id"),
    ],
)
def test_what_cannot_be_so_about_an_invoice(acme: Account, said: dict[str, Any], field: str) -> None:
    assert say_invoice(acme, "I1", **said).refused[2].field == field
    assert not Invoice.objects.exists()


def test_an_invoice_moves_to_another_account_whole(acme: Account, beta: Account) -> None:
    say_invoice(acme, "I1", state="paid", settled_at=PAID)
    received = say_invoice(beta, "I1", NOW + timedelta(days=1), state="paid", settled_at=PAID)
    assert received.touched == {acme.pk, beta.pk}
    assert {row.account_id for row in Invoice.objects.standing()} == {beta.pk}


def test_a_card_that_is_renewed_and_one_that_is_taken_off(acme: Account) -> None:
    say_card(acme, "P1")
    say_card(acme, "P1", NOW + timedelta(days=1), expires_on=date(2029, 12, 1))
    say_card(acme, "P1", NOW + timedelta(days=9), expires_on=date(2029, 12, 1), removed_at=NOW + timedelta(days=8))
    rows = PaymentMethod.objects.standing().order_by("valid_from")
    assert [(row.expires_on, row.valid_to) for row in rows] == [
        (date(2026, 12, 1), NOW + timedelta(days=1)), (date(2029, 12, 1), NOW + timedelta(days=8)),
    ]  # fmt: skip


def test_a_card_without_a_first_day_is_on_file_since_it_is_known(acme: Account) -> None:
    say_card(acme, "P1", added_at=None)
    say_card(acme, "P1", NOW + timedelta(days=1), added_at=None)
    assert [row.valid_from for row in PaymentMethod.objects.all()] == [NOW]


@pytest.mark.parametrize(
    ("said", "field"),
    [({"last4": "4242424242424242"}, "last4"), ({"kind": "gold"}, "kind"),
     ({"removed_at": datetime(2025, 1, 1, tzinfo=UTC)}, "removed_at")],
)  # fmt: skip
def test_what_cannot_be_so_about_a_card(acme: Account, said: dict[str, Any], field: str) -> None:
    assert say_card(acme, "P1", **said).refused[2].field == field


def contract(account: Account, **said: Any) -> ContractSaid:
    usual: dict[str, Any] = {"row": 2, "external_id": "C1", "known_at": NOW, "starts_on": date(2026, 1, 1),
                             "ends_on": date(2027, 1, 1), "currency": "EUR", "total_minor": 12_000_00}  # fmt: skip
    return ContractSaid(account_id=account.pk, **(usual | said))


def test_a_contract_told_differently_is_a_new_version_and_an_older_word_changes_nothing(acme: Account) -> None:
    later = NOW + timedelta(days=1)
    receive_contracts(said=[contract(acme)], source="crm", origin=1, now=NOW)
    changed = contract(acme, known_at=later, renews_on=date(2027, 1, 1))
    assert receive_contracts(said=[changed], source="crm", origin=2, now=later).changed == {2}
    assert receive_contracts(said=[changed], source="crm", origin=3, now=later).changed == set()
    assert receive_contracts(said=[contract(acme)], source="crm", origin=4, now=later).changed == set()
    assert [row.renews_on for row in Contract.objects.standing()] == [date(2027, 1, 1)]
    assert [row.origin_run for row in Contract.objects.known_by(NOW)] == [1]


@pytest.mark.parametrize(
    ("said", "field"),
    [({"ends_on": date(2025, 1, 1)}, "ends_on"), ({"currency": ""}, "currency"), ({"name": "x" * 201}, "name")],
)
def test_what_cannot_be_so_about_a_contract(acme: Account, said: dict[str, Any], field: str) -> None:
    received = receive_contracts(said=[contract(acme, **said)], source="crm", origin=None, now=NOW)
    assert received.refused[2].field == field


def test_a_loss_is_kept_with_its_reasons_and_corrected_by_its_source(acme: Account) -> None:
    def said(reason: str, known: datetime) -> ChurnSaid:
        return ChurnSaid(row=2, external_id="X1", known_at=known, account_id=acme.pk, effective_on=date(2026, 4, 1),
                         stated_reason=reason, currency="USD", lost_minor=5_000_00)  # fmt: skip

    later = NOW + timedelta(days=1)
    assert receive_churn(said=[said("price", NOW)], source="crm", origin=None, now=NOW).new == {2}
    assert receive_churn(said=[said("value", later)], source="crm", origin=None, now=later).changed == {2}
    assert [row.stated_reason for row in ChurnRecord.objects.standing()] == ["value"]
    bad = said("x" * 121, later)
    assert receive_churn(said=[bad], source="crm", origin=None, now=later).refused[2].field == "stated_reason"


def test_many_invoices_take_few_queries(acme: Account, django_assert_max_num_queries: Any) -> None:
    said = [
        InvoiceSaid(row=n, external_id=f"I{n}", known_at=NOW, account_id=acme.pk, issued_on=date(2026, 1, 1),
                    currency="USD", total_minor=n)
        for n in range(400)
    ]  # fmt: skip
    with django_assert_max_num_queries(6):
        receive_invoices(said=said, source="billing", origin=None, now=NOW)
