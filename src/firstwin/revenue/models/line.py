"""What is subscribed to: the facts that ARR, seats and products in force are made of."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from firstwin.accounts.models import Account
from firstwin.core.facts import FactQuerySet, RecordFact
from firstwin.revenue.models.kinds import Charge, Interval
from firstwin.revenue.models.product import Product


class SubscriptionLineQuerySet(FactQuerySet["SubscriptionLine"]):
    def in_force(self, on: date) -> Self:
        """Pieces whose half-open days hold `on`. A zero-day line is never in force."""
        return self.filter(starts_on__lte=on).filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))

    def paid(self) -> Self:
        """Lines that are not a trial."""
        return self.filter(is_trial=False)


class SubscriptionLine(RecordFact):
    """A piece of a subscription line: the days [starts_on, ends_on) over which its quantity and price held.

    quantity: seats or units the line grants; null where the source does not say.
    amount_minor, currency: the price of the whole quantity for one `price_period` (`month`, `year`, `13 months`,
        `term`, `once` …), minor units.
    mrr_minor, arr_minor: that price for a month and for a year, each rounded half to even; 0 unless the charge is
        recurring and not a trial. Kept as integers so that any sum is exact.
    contract: what the source calls the contract it belongs to.
    effective_on: from when the source says that this holds; null: from the line's start. The first piece reaches back
        before it, because nothing earlier is known.
    """

    # Neither is indexed by itself: the account leads the index below, and a product has too many lines for one to help.
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines", db_index=False)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="lines", db_index=False
    )
    contract = models.CharField(max_length=255, blank=True)
    charge = models.CharField(max_length=9, choices=Charge, default=Charge.RECURRING)
    is_trial = models.BooleanField(default=False)
    quantity = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(default=0)
    price_period = models.CharField(max_length=12, default="month")
    mrr_minor = models.BigIntegerField(default=0)
    arr_minor = models.BigIntegerField(default=0)
    billing_interval = models.CharField(max_length=9, choices=Interval, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    renews_on = models.DateField(null=True, blank=True)
    notice_on = models.DateField(null=True, blank=True)
    auto_renews = models.BooleanField(null=True, blank=True)
    objects = SubscriptionLineQuerySet.as_manager()

    class Meta:
        indexes = [
            # Answers ARR on any day by itself, in the order in which it is summed; and finds all rows of an account.
            models.Index(
                fields=["account", "known_until", "currency", "starts_on", "ends_on", "mrr_minor", "arr_minor"],
                name="line_in_force",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="line_days"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id", "starts_on"],
                condition=Q(known_until__isnull=True),
                name="line_piece_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id
