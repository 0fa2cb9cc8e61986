"""Saved views of the account list."""

from django.db import models
from django.db.models import Q

from firstwin.people.models import User


class SavedView(models.Model):
    """A named filter, column set and order. Private to its owner unless shared.

    condition: a tree as `core.conditions.dump` writes it; columns: field keys; sort: a field key, `-` first for
    descending.
    """

    key = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="views")
    is_shared = models.BooleanField(default=False)
    condition = models.JSONField(default=dict, blank=True)
    columns = models.JSONField(default=list, blank=True)
    sort = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    edition = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_shared=True) | Q(owner__isnull=False), name="a_private_view_has_an_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.name
