"""Invoices as a source tells them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from firstwin.accounts.actions.receive import Received
from firstwin.revenue.actions.receive.said import InvoiceSaid


def receive_invoices(
    *, said: Sequence[InvoiceSaid], source: str, origin: int | None, now: datetime, unsaid: Collection[str] = ()
) -> Received:
    raise NotImplementedError
