"""Words of the commercial and the support world, as systems write them → ours. A look_up step can add others."""

import re
from collections.abc import Mapping

from django.db import models

from firstwin.connectors.kinds.values import Reading, Type, as_text, words_of
from firstwin.core.errors import Refused
from firstwin.core.text import fold, listing
from firstwin.revenue.models import Charge, ChurnKind, Interval, InvoiceKind, InvoiceState, PaymentKind
from firstwin.support.models import Priority, Status

_INTERVALS = {
    "day": "daily",
    "week": "weekly",
    "month": "monthly, mrr, per month, 1 month, p1m, mo",
    "quarter": "quarterly, 3 months, p3m",
    "half_year": "half-yearly, half year, semiannual, semi-annual, semiannually, biannual, 6 months, p6m",
    "year": "yearly, annual, annually, arr, per year, 12 months, 1 year, p1y, p12m, yr",
    "term": "contract, whole term, per term",
    "once": "one-off, one off, one time, one-time, onetime",
}
_CHARGES = {
    "recurring": "subscription, licence, license, seat, seats",
    "one_off": "one off, onetime, one-time, one time, once, setup, services",
    "metered": "usage, usage-based, overage, consumption",
    "tax": "vat, gst, taxes",
}
_STATES = {
    "open": "overdue, unpaid, past_due, past due, due, sent, issued, outstanding, partially paid, partially_paid",
    "paid": "settled, closed",
    "written_off": "written off, write-off, uncollectible, bad debt, bad_debt",
    "void": "voided, cancelled, canceled, deleted",
}
_INVOICES = {"credit_note": "credit note, credit, creditnote, refund", "invoice": "bill, debit"}
_PAYMENTS = {
    "card": "credit card, credit_card, debit card",
    "direct_debit": "direct debit, sepa, sepa_debit, ach, bacs",
    "transfer": "bank transfer, bank_transfer, wire, invoice",
}
_CHURNS = {"logo": "account, full, cancellation", "downsell": "downgrade, contraction", "product": "partial"}
_STATUSES = {
    "open": "in progress, in_progress, assigned, reopened, active",
    "pending": "waiting, waiting for customer, waiting on customer, awaiting reply, snoozed",
    "on_hold": "hold, on hold, on-hold, paused, waiting on third party",
    "solved": "resolved, done",
    "closed": "complete, completed, cancelled, canceled",
}
_PRIORITIES = {
    "low": "p4, minor, 4",
    "normal": "medium, p3, standard, 3",
    "high": "p2, major, 2",
    "urgent": "critical, p1, blocker, highest, 1",
}
_MONTHS = re.compile(r"(\d{1,3}) ?months?|p(\d{1,3})m", re.IGNORECASE)
LONGEST_TERM = 240
"""Months that one price may be for."""


def _table(words: type[models.TextChoices], more: Mapping[str, str]) -> dict[str, str]:
    also = {fold(other): word for word, others in more.items() for other in others.split(",")}
    return also | dict(words_of(words))


def word(words: type[models.TextChoices], more: Mapping[str, str]) -> Type:
    table = _table(words, more)

    def read(value: object, reading: Reading) -> str:
        said = as_text(value)
        found = table.get(fold(said))
        if found is None:
            known = listing(map(str, words.values), "or")
            raise Refused(f"{said[:40]!r} is not {known}. A look_up step can translate it.")
        return found

    return read


INTERVALS = _table(Interval, _INTERVALS)


def price_period(said: str) -> str:
    """`month`, `year`, `13 months`, `term`, `once` … as lines keep it. Raises Refused."""
    found = INTERVALS.get(fold(said))
    if found is not None:
        return found
    match = _MONTHS.fullmatch(said.strip())
    months = int(match[1] or match[2]) if match else 0
    if not 1 <= months <= LONGEST_TERM:
        raise Refused(
            f"{said[:40]!r} is no time a price is for: {listing(Interval.values, 'or')}, or such as 13 months."
        )
    return f"{months} months"


def period(value: object, reading: Reading) -> str:
    return price_period(as_text(value))


interval = word(Interval, _INTERVALS)
charge = word(Charge, _CHARGES)
invoice_state = word(InvoiceState, _STATES)
invoice_kind = word(InvoiceKind, _INVOICES)
payment_kind = word(PaymentKind, _PAYMENTS)
churn_kind = word(ChurnKind, _CHURNS)
status = word(Status, _STATUSES)
priority = word(Priority, _PRIORITIES)
