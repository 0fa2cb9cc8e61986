from typing import Self

from django.db import models


class TeamQuerySet(models.QuerySet["Team"]):
    def standing(self) -> Self:
        return self.filter(is_archived=False)


class Team(models.Model):
    """Staff who share a book of accounts. Teams are archived, never deleted: the past refers to them."""

    key = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    is_archived = models.BooleanField(default=False)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
