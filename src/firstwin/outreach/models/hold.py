from typing import Self

from django.db import models

from firstwin.people.models import User


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self) -> Self:
        return self.filter(released_at__isnull=True)


class Hold(models.Model):
    """From `began_at` until it is released, nothing leaves the house."""

    reason = models.CharField(max_length=300)
    began_at = models.DateTimeField()
    sent_before = models.DateTimeField()  # what waited at this moment may have been sent by somebody else since
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = HoldQuerySet.as_manager()

    def __str__(self) -> str:
        return self.reason
