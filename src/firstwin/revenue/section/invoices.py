"""The invoices of an account, latest first, in the state each had on the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from firstwin.accounts.models import Account
from firstwin.core.clock import day_of
from firstwin.core.money import Money
from firstwin.revenue.models import Invoice, InvoiceKind, InvoiceState
from firstwin.revenue.section.asof import AsOf
from firstwin.revenue.section.exchange import Exchange
from firstwin.ui.filters import day, money, plural

PAGE = 12
TONES = {
    InvoiceState.PAID: "good", InvoiceState.OPEN: "accent", InvoiceState.WRITTEN_OFF: "risk",
    InvoiceState.DRAFT: "none", InvoiceState.VOID: "none",
}  # fmt: skip


@dataclass(frozen=True)
class Billed:
    """An invoice as the table shows it. note: what to know about its state."""

    invoice: Invoice
    words: str
    tone: str
    note: str
    amount: Money
    owed: Money | None
    converted: Money | None

    @property
    def is_credit(self) -> bool:
        return self.invoice.kind == InvoiceKind.CREDIT_NOTE


@dataclass(frozen=True)
class InvoicesShown:
    """A page of them. before, after: the place of the page of older and of newer ones, '' where there is none."""

    rows: Sequence[Billed]
    count: int
    first: int
    older: str

    @property
    def words(self) -> str:
        return f"{self.first} to {self.first + len(self.rows) - 1} of {self.count:,}" if self.rows else ""


def invoices_shown(account: Account, asof: AsOf, query: Mapping[str, str], exchange: Exchange) -> InvoicesShown:
    """Two reads; a third for the place of a later page. A place that makes no sense is the first page."""
    rows = asof.known(Invoice.objects.filter(account=account)).true_at(asof.moment)  # type: ignore[attr-defined]
    count = rows.count()
    page, skipped = rows, 0
    place = _place(query.get("invoices", ""))
    if place is not None:
        page = rows.filter(Q(issued_on__lt=place[0]) | Q(issued_on=place[0], pk__lt=place[1]))
        skipped = count - page.count()
    found = list(page.order_by("-issued_on", "-pk")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return InvoicesShown(
        rows=[billed(invoice, asof, exchange) for invoice in found[:PAGE]],
        count=count,
        first=skipped + 1,
        older=f"{last.issued_on.isoformat()}.{last.pk}" if last else "",
    )


def billed(invoice: Invoice, asof: AsOf, exchange: Exchange) -> Billed:
    """How it stood on the day."""
    state = InvoiceState(invoice.state)
    words, tone, note = str(state.label), TONES[state], ""
    late = (asof.on - invoice.due_on).days if invoice.due_on else 0
    if state == InvoiceState.OPEN and invoice.kind == InvoiceKind.INVOICE:
        if late > 0 and invoice.owed_minor:
            words, tone, note = "Overdue", "risk", f"{plural(late, 'day')} late"
        elif invoice.due_on:
            words, note = "Open", "due today" if late == 0 else f"due in {plural(-late, 'day')}"
    elif state == InvoiceState.PAID:
        note = _paid(invoice)
    elif state in (InvoiceState.WRITTEN_OFF, InvoiceState.VOID):
        note = day(day_of(invoice.valid_from))
    if state == InvoiceState.OPEN and invoice.paid_minor:
        note = f"{note}, {money(Money(invoice.paid_minor, invoice.currency))} paid".removeprefix(", ")
    return Billed(
        invoice=invoice,
        words=words,
        tone=tone,
        note=note,
        amount=Money(invoice.total_minor, invoice.currency),
        owed=Money(invoice.owed_minor, invoice.currency) if invoice.owed_minor else None,
        converted=exchange.money(invoice.total_minor, invoice.currency)
        if invoice.currency != exchange.currency
        else None,
    )


def _paid(invoice: Invoice) -> str:
    """`12 days late`, `on time`, as far as the source told the day it became paid."""
    if invoice.is_reconstructed or invoice.due_on is None or invoice.kind != InvoiceKind.INVOICE:
        return ""
    late = (day_of(invoice.valid_from) - invoice.due_on).days
    return f"{plural(late, 'day')} late" if late > 0 else "on time"


def _place(text: str) -> tuple[date, int] | None:
    on, _, pk = text.rpartition(".")
    try:
        return (date.fromisoformat(on), int(pk)) if on and pk.isdecimal() and len(pk) < 19 else None
    except ValueError:
        return None
