from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    """A message's life: pending → claimed → done, failed or unknown. Without a mail server: kept."""

    PENDING = "pending", "Waiting"
    CLAIMED = "claimed", "Being sent"
    DONE = "done", "Sent"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Not known"
    KEPT = "kept", "Kept"
    DISCARDED = "discarded", "Discarded"


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def waiting_at(self, moment: datetime) -> Self:
        return self.filter(state=State.PENDING).filter(Q(not_before__isnull=True) | Q(not_before__lte=moment))

    def lost_at(self, moment: datetime) -> Self:
        """Claimed by a process that did not say what came of it in time."""
        return self.filter(state=State.CLAIMED, lease_until__lt=moment)

    def for_a_person(self) -> Self:
        """Nothing happens to these unless somebody decides."""
        return self.filter(state__in=[State.UNKNOWN, State.FAILED, State.KEPT])


class OutboxMessage(models.Model):
    """One mail to one address, sent at most once. Its row is claimed and committed before anything leaves."""

    key = models.CharField(max_length=200, unique=True)  # names this very message: a second one is not made
    kind = models.CharField(max_length=64)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    has_secret = models.BooleanField(default=False)  # holds a link that lets someone in: blanked once it left
    account_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=12, choices=State)
    made_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True, blank=True)  # after a passing fault: when to try again
    attempt = models.PositiveIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, default="")

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["state", "id"],
                name="outbox_unsettled",
                condition=~Q(state__in=["done", "discarded"]),
            ),
            models.Index(fields=["account_id", "-id"], name="outbox_of_account"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="outbox_state_known"),
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(lease_until__isnull=False), name="outbox_claim_has_lease"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"

    @property
    def needs_a_person(self) -> bool:
        return self.state in {State.UNKNOWN, State.FAILED, State.KEPT}
