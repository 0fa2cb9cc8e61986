"""That two records are one: a dated statement that can be ended, and exactly what was moved because of it.

`key` stays the same when a merge ends: its rows are the versions of one statement, and its moves are found by it.
"""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from firstwin.accounts.models.account import Account
from firstwin.accounts.models.person import Person
from firstwin.core.facts import PeriodFact, PeriodQuerySet
from firstwin.people.models import User


class _Merge(PeriodFact):
    """choices: what the person chose where the two differed: field → "absorbed".

    before: what an un-merge needs beside the moves: what the survivor said before, which children came along.
    """

    key = models.UUIDField(default=uuid.uuid4, db_index=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    choices = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, blank=True)
    absorbed: Any
    survivor: Any
    absorbed_id: int
    survivor_id: int

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.absorbed} into {self.survivor}"


class Merge(_Merge):
    """That `absorbed` is the same customer as `survivor`, and since when it stands there."""

    absorbed = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="merged_into")
    survivor = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="merged_from")
    objects = PeriodQuerySet["Merge"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["survivor", "valid_from"])]
        constraints = [
            PeriodFact.order_constraint("merge_period"),
            models.CheckConstraint(condition=~Q(absorbed=F("survivor")), name="merge_of_two"),
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True),
                name="merge_one_open",
            ),
        ]


class PersonMerge(_Merge):
    """That `absorbed` is the same human as `survivor`."""

    absorbed = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merged_into")
    survivor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merged_from")
    objects = PeriodQuerySet["PersonMerge"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["survivor", "valid_from"])]
        constraints = [
            PeriodFact.order_constraint("person_merge_period"),
            models.CheckConstraint(condition=~Q(absorbed=F("survivor")), name="person_merge_of_two"),
            models.UniqueConstraint(
                fields=["absorbed"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True),
                name="person_merge_one_open",
            ),
        ]


class MergeMove(models.Model):
    """Rows that a merge pointed at the survivor: a few thousand of one table.  table: the label of the model."""

    merge = models.UUIDField(db_index=True)
    table = models.CharField(max_length=80)
    column = models.CharField(max_length=40)
    pks = models.JSONField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{len(self.pks)} rows of {self.table}"


class PersonAddress(models.Model):
    """Another mail address that still means this person. Erased with them."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="addresses")
    email = models.CharField(max_length=320)
    email_folded = models.CharField(max_length=400, db_index=True)
    source = models.CharField(max_length=64, default="staff")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "email_folded"], name="person_address_once")]

    def __str__(self) -> str:
        return self.email
