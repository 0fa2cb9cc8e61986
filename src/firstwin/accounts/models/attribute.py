"""What can be said about an account beside its name: typed attributes, and their dated values."""

from django.db import models
from django.db.models import Q

from firstwin.accounts.models.account import Account
from firstwin.accounts.models.kinds import AttributeKind, RollUp
from firstwin.core.facts import PeriodFact, PeriodQuerySet


class Attribute(models.Model):
    """A typed attribute of accounts, defined by operations.

    unit: the currency of a money attribute, the unit of a number; otherwise empty.
    choices: for a choice, a list of [value, label].
    slot: the indexed column of AccountNow that holds the current value for lists; empty when all are taken
    (then lists read the JSON copy, which is slower but otherwise the same).
    """

    key = models.SlugField(max_length=60, unique=True)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=AttributeKind)
    unit = models.CharField(max_length=16, blank=True)
    choices = models.JSONField(default=list, blank=True)
    help = models.CharField(max_length=300, blank=True)
    roll_up = models.CharField(max_length=8, choices=RollUp, default=RollUp.NONE)
    is_expected = models.BooleanField(default=False)
    is_archived = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=100)
    slot = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot"], condition=~Q(slot=""), name="attribute_slot_once"),
        ]

    def __str__(self) -> str:
        return self.label


class AttributeValue(PeriodFact):
    """What a source said an attribute was, and when it was so. Each source keeps its own line of history.

    One of number (also money in minor units, and a flag as 0 or 1), text (also a choice) or day is set; all null
    means the source says there is no value.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="attribute_values")
    attribute = models.ForeignKey(Attribute, on_delete=models.PROTECT, related_name="values")
    number = models.FloatField(null=True, blank=True)
    text = models.TextField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    objects = PeriodQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "attribute"])]
        constraints = [
            PeriodFact.order_constraint("attribute_value_period"),
            models.UniqueConstraint(
                fields=["account", "attribute", "source"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True),
                name="attribute_value_one_open",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True, text__isnull=True)
                | Q(number__isnull=True, day__isnull=True)
                | Q(text__isnull=True, day__isnull=True),
                name="attribute_value_one_kind",
            ),
        ]
