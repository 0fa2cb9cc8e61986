"""What was lost, and why."""

from django.db import models
from django.db.models import Q

from firstwin.accounts.models import Account
from firstwin.core.facts import FactQuerySet, RecordFact
from firstwin.revenue.models.kinds import ChurnKind
from firstwin.revenue.models.product import Product


class ChurnRecordQuerySet(FactQuerySet["ChurnRecord"]):
    """Churn records: one standing row each."""


class ChurnRecord(RecordFact):
    """A loss with its reasons. `external_id` is ours (`~` and random) for records that people enter here.

    stated_reason: what the customer says. root_cause: what we found. Both are free words of the operator's own list.
    lost_minor: ARR lost, minor units of `currency`. refund_minor likewise.
    won_back_on: the day the customer came back, where it did.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="churn_records")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=8, choices=ChurnKind, default=ChurnKind.LOGO)
    is_voluntary = models.BooleanField(null=True, blank=True)
    is_controllable = models.BooleanField(null=True, blank=True)
    stated_reason = models.CharField(max_length=120, blank=True)
    root_cause = models.CharField(max_length=120, blank=True)
    first_signal_on = models.DateField(null=True, blank=True)
    notice_on = models.DateField(null=True, blank=True)
    effective_on = models.DateField()
    won_back_on = models.DateField(null=True, blank=True)
    is_reactivation = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, blank=True)
    lost_minor = models.BigIntegerField(null=True, blank=True)
    refund_minor = models.BigIntegerField(null=True, blank=True)
    competitor = models.CharField(max_length=120, blank=True)
    comment = models.TextField(blank=True)
    review_url = models.CharField(max_length=500, blank=True)
    objects = ChurnRecordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "effective_on"], condition=Q(known_until__isnull=True), name="churn_account"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=Q(known_until__isnull=True), name="churn_stands_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.effective_on}"
