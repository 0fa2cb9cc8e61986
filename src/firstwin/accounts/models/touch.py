"""Contacts with a customer."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from firstwin.accounts.models.account import Account
from firstwin.accounts.models.kinds import Direction, Sentiment, TouchKind
from firstwin.accounts.models.person import Person
from firstwin.core.facts import Fact, FactQuerySet
from firstwin.people.models import User


class TouchQuerySet(FactQuerySet["Touch"]):
    def two_way(self) -> Self:
        """Touches in which the customer took part."""
        return self.filter(direction__in=[Direction.THEIRS, Direction.BOTH])

    def since(self, moment: datetime) -> Self:
        return self.filter(occurred_at__gte=moment)


class Touch(Fact):
    """One contact with a customer. An internal note is never a touch.

    key: stays the same when the touch is corrected; the rows before the correction are its history.
    """

    key = models.UUIDField(default=uuid.uuid4, db_index=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="touches")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="touches")
    kind = models.CharField(max_length=8, choices=TouchKind)
    direction = models.CharField(max_length=8, choices=Direction)
    occurred_at = models.DateTimeField()
    minutes = models.PositiveIntegerField(default=0)
    is_planned = models.BooleanField(default=True)
    sentiment = models.CharField(max_length=8, choices=Sentiment, blank=True)
    summary = models.TextField()
    next_step = models.CharField(max_length=300, blank=True)
    next_step_on = models.DateField(null=True, blank=True)
    external_id = models.CharField(max_length=255, blank=True)
    search_text = models.TextField(blank=True)
    attendees = models.ManyToManyField(Person, through="TouchAttendee", related_name="touches")
    objects = TouchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "-occurred_at", "-id"], condition=Q(known_until__isnull=True), name="touch_timeline"
            ),
            # Conditions count touches of all accounts in a window: answered from this index alone. `known_until` is in
            # it because SQLite otherwise looks every row up to see that it is null.
            models.Index(
                fields=["occurred_at", "account", "sentiment", "direction", "kind", "known_until"],
                condition=Q(known_until__isnull=True),
                name="touch_by_day",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(occurred_at__lte=F("recorded_at")), name="touch_not_in_future"),
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=Q(known_until__isnull=True) & ~Q(external_id=""),
                name="touch_external_id_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class TouchAttendee(models.Model):
    """That a person took part in a touch."""

    touch = models.ForeignKey(Touch, on_delete=models.CASCADE, related_name="attendance")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="attendance")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["touch", "person"], name="touch_attendee_once")]

    def __str__(self) -> str:
        return f"person {self.person_id} at touch {self.touch_id}"
