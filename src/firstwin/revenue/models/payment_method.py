"""How a customer pays."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from firstwin.accounts.models import Account
from firstwin.core.facts import FactQuerySet, RecordPieceFact
from firstwin.revenue.models.kinds import PaymentKind


class PaymentMethodQuerySet(FactQuerySet["PaymentMethod"]):
    def true_at(self, moment: datetime) -> Self:
        """The ways of paying an account had at `moment`."""
        return self.filter(valid_from__lte=moment).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=moment))


class PaymentMethod(RecordPieceFact):
    """A card or another way to pay, over the moments it was on file. Never a full card number.

    expires_on: the first day on which a card is no longer good (a card that says 11/26 ends on 1 December 2026).
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="payment_methods")
    kind = models.CharField(max_length=12, choices=PaymentKind, default=PaymentKind.CARD)
    brand = models.CharField(max_length=24, blank=True)
    last4 = models.CharField(max_length=4, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    is_default = models.BooleanField(default=True)
    effective_at = models.DateTimeField(null=True, blank=True)  # as of an invoice
    objects = PaymentMethodQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "valid_from"], condition=Q(known_until__isnull=True), name="payment_account"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="payment_period"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id", "valid_from"],
                condition=Q(known_until__isnull=True),
                name="payment_piece_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brand or self.kind} {self.last4}".strip()
