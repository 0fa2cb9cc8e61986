"""Commercial facts for tests, said as a source says them."""

from datetime import UTC, date, datetime
from typing import Any

from firstwin.accounts.actions.receive import Received
from firstwin.accounts.models import Account
from firstwin.revenue.actions.receive import (
    InvoiceSaid,
    LineSaid,
    PaymentMethodSaid,
    receive_invoices,
    receive_lines,
    receive_payment_methods,
)
from firstwin.revenue.models import Product

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


def product(name: str) -> Product:
    return Product.objects.create(key=name.lower(), name=name, name_folded=name.lower(), recorded_at=NOW)


def say_line(account: Account, external_id: str, now: datetime = NOW, source: str = "billing", **said: Any) -> Received:
    """A line of 10 seats at $100 a month over 2026, unless said otherwise."""
    usual: dict[str, Any] = {
        "row": 2, "known_at": now, "starts_on": date(2026, 1, 1), "ends_on": date(2027, 1, 1), "currency": "USD",
        "quantity": 10, "amount_minor": 100_00,
    }  # fmt: skip
    one = LineSaid(external_id=external_id, account_id=account.pk, **(usual | said))
    return receive_lines(said=[one], source=source, origin=None, now=now)


def say_invoice(account: Account, external_id: str, now: datetime = NOW, **said: Any) -> Received:
    """An open invoice of $100 of 1 May, due on 31 May 2026, unless said otherwise."""
    usual: dict[str, Any] = {
        "row": 2, "known_at": now, "issued_on": date(2026, 5, 1), "due_on": date(2026, 5, 31), "currency": "USD",
        "total_minor": 100_00,
    }  # fmt: skip
    one = InvoiceSaid(external_id=external_id, account_id=account.pk, **(usual | said))
    return receive_invoices(said=[one], source="billing", origin=None, now=now)


def say_card(account: Account, external_id: str, now: datetime = NOW, **said: Any) -> Received:
    """A card on file since 1 January 2026 that is good until the end of November 2026, unless said otherwise."""
    usual: dict[str, Any] = {
        "row": 2, "known_at": now, "expires_on": date(2026, 12, 1), "last4": "4242", "brand": "visa",
        "added_at": datetime(2026, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    one = PaymentMethodSaid(external_id=external_id, account_id=account.pk, **(usual | said))
    return receive_payment_methods(said=[one], source="billing", origin=None, now=now)
