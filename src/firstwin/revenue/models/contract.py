"""What was signed."""

from django.db import models
from django.db.models import F, Q

from firstwin.accounts.models import Account
from firstwin.core.facts import FactQuerySet, RecordFact


class ContractQuerySet(FactQuerySet["Contract"]):
    """Contracts: one standing row each."""


class Contract(RecordFact):
    """A contract as its source tells it. Days are half-open: `ends_on` is the first day it no longer holds.

    total_minor: the value of the whole term, minor units of `currency`; null where the source does not say.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField(max_length=120, blank=True)
    name = models.CharField(max_length=200, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    renews_on = models.DateField(null=True, blank=True)
    notice_on = models.DateField(null=True, blank=True)
    auto_renews = models.BooleanField(null=True, blank=True)
    cancelled_on = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    total_minor = models.BigIntegerField(null=True, blank=True)
    url = models.CharField(max_length=500, blank=True)
    objects = ContractQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "starts_on"], condition=Q(known_until__isnull=True), name="contract_account"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="contract_days"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=Q(known_until__isnull=True), name="contract_stands_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.name or self.external_id
