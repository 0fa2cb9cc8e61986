"""What an event name means to us: dated rows, so that any past figure can be made under what was meant then."""

from django.db import models
from django.db.models import Q

from firstwin.core.facts import Fact, FactQuerySet
from firstwin.people.models import User
from firstwin.revenue.models import Product


class Means(models.TextChoices):
    """What the first such event of an account means."""

    ACTIVATION = "activation", "Activation"
    FIRST_WIN = "first_win", "First win"


class FeatureMeaningQuerySet(FactQuerySet["FeatureMeaning"]):
    def core(self) -> "FeatureMeaningQuerySet":
        """Core workflows."""
        return self.filter(is_core=True, is_ignored=False)


class FeatureMeaning(Fact):
    """What one event name (`lake.EventName`, by number) means. One row stands per name; one without is plain use.

    parent: the number of the event name it belongs under, for a hierarchy of features.
    is_ignored: noise: kept, but it makes nobody active and counts in no figure.
    """

    feature = models.PositiveBigIntegerField()
    label = models.CharField(max_length=120, blank=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="features")
    parent = models.PositiveBigIntegerField(null=True, blank=True)
    is_core = models.BooleanField(default=False)
    means = models.CharField(max_length=10, choices=Means, blank=True)
    is_ignored = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    objects = FeatureMeaningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feature"], condition=Q(known_until__isnull=True), name="feature_meaning_stands_once"
            ),
        ]
