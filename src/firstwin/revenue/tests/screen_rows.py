"""Rows for tests of the screens: written straight into the tables, as an import leaves them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.core.rates import put_rate
from firstwin.revenue.actions.record_churn import Loss, record_churn
from firstwin.revenue.models import (
    ChurnRecord,
    Contract,
    Invoice,
    PaymentMethod,
    Product,
    ProductExternalId,
    SubscriptionLine,
)

SOURCE = "billing"
LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def today(days: int = 0) -> date:
    return clock.today() + timedelta(days=days)


def moment(days: int = 0) -> datetime:
    """The start of a day from today."""
    return clock.start_of(today(days))


def a_product(name: str = "Freight desk", **more: Any) -> Product:
    key = name.lower().replace(" ", "-")
    return Product.objects.create(key=key, name=name, name_folded=name.lower(), recorded_at=LONG_AGO, **more)


def _record(external_id: str, known_at: datetime) -> dict[str, Any]:
    return {
        "external_id": external_id, "source": SOURCE, "known_at": known_at, "stated_at": known_at,
        "recorded_at": known_at,
    }  # fmt: skip


def a_line(
    account: Account,
    starts: int,
    ends: int | None,
    arr: int = 120_000,
    name: str = "L-1",
    *,
    known_at: datetime = LONG_AGO,
    **more: Any,
) -> SubscriptionLine:
    """starts, ends: days from today. arr: minor units a year."""
    said = {
        "currency": "USD", "quantity": 10, "amount_minor": arr, "price_period": "year", "arr_minor": arr,
        "mrr_minor": arr // 12, "starts_on": today(starts), "ends_on": today(ends) if ends is not None else None,
    }  # fmt: skip
    return SubscriptionLine.objects.create(account=account, **_record(name, known_at), **{**said, **more})


def an_invoice(
    account: Account, issued: int, total: int = 10_000, state: str = "open", name: str = "I-1", **more: Any
) -> Invoice:
    """issued: days from today; due 30 days later."""
    said = {
        "number": name, "state": state, "issued_on": today(issued), "due_on": today(issued + 30), "currency": "USD",
        "total_minor": total, "paid_minor": total if state == "paid" else 0, "valid_from": moment(issued),
    }  # fmt: skip
    return Invoice.objects.create(account=account, **_record(name, moment(issued)), **{**said, **more})


def a_card(account: Account, expires: int, name: str = "C-1", **more: Any) -> PaymentMethod:
    said = {"brand": "visa", "last4": "4242", "expires_on": today(expires), "valid_from": LONG_AGO}
    return PaymentMethod.objects.create(account=account, **_record(name, LONG_AGO), **{**said, **more})


def a_contract(account: Account, starts: int, ends: int, name: str = "K-1", **more: Any) -> Contract:
    said = {"number": name, "starts_on": today(starts), "ends_on": today(ends), "currency": "USD"}
    return Contract.objects.create(account=account, **_record(name, LONG_AGO), **{**said, **more})


def a_loss(account: Account, effective: int, name: str = "X-1", **more: Any) -> ChurnRecord:
    return ChurnRecord.objects.create(
        account=account, effective_on=today(effective), **_record(name, LONG_AGO), **{"kind": "logo", **more}
    )


def a_rate(currency: str, rate: str, days: int = -10) -> None:
    put_rate(on=today(days), base=currency, quote="USD", rate=Decimal(rate), source="test")


def one_of_each(account: Account) -> dict[str, Any]:
    """A product with a name at a source, and one record of each kind at the account; a loss that people told."""
    product = a_product("Freight desk")
    return {
        "product": product,
        "product_id": ProductExternalId.objects.create(product=product, source=SOURCE, external_id="P-1"),
        "line": a_line(account, -100, 265, product=product),
        "invoice": an_invoice(account, -50),
        "contract": a_contract(account, -100, 265),
        "card": a_card(account, 30),
        "loss": record_churn(by=None, account=account, loss=Loss(effective_on=today(-5)), now=clock.now()),
    }
