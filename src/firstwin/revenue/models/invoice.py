"""What was billed, and what became of it."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from firstwin.accounts.models import Account
from firstwin.core.facts import FactQuerySet, RecordPieceFact
from firstwin.revenue.models.kinds import InvoiceKind, InvoiceState


class InvoiceQuerySet(FactQuerySet["Invoice"]):
    def true_at(self, moment: datetime) -> Self:
        """Each invoice in the state it had at `moment`."""
        return self.filter(valid_from__lte=moment).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=moment))

    def overdue(self, on: date) -> Self:
        """Open and past due on `on` (combine with `true_at`). The due day itself is still in time."""
        return self.filter(state=InvoiceState.OPEN, due_on__lt=on, kind=InvoiceKind.INVOICE)


class Invoice(RecordPieceFact):
    """A piece of an invoice's history: the moments over which it stood so. A credit note has a negative total.

    total_minor, paid_minor: minor units of `currency`; what is owed is the difference while it is open.
    effective_at: from when its source says that this holds; null: from the day it was issued.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="invoices")
    number = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=11, choices=InvoiceKind, default=InvoiceKind.INVOICE)
    state = models.CharField(max_length=11, choices=InvoiceState)
    issued_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(default=0)
    url = models.CharField(max_length=500, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    objects = InvoiceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "-issued_on"], condition=Q(known_until__isnull=True), name="invoice_account"
            ),
            models.Index(
                fields=["account", "due_on"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True, state="open"),
                name="invoice_unpaid",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="invoice_period"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id", "valid_from"],
                condition=Q(known_until__isnull=True),
                name="invoice_piece_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.external_id

    @property
    def owed_minor(self) -> int:
        """What is still to be paid, minor units; nothing once it is paid, written off or void."""
        return self.total_minor - self.paid_minor if self.state == InvoiceState.OPEN else 0
