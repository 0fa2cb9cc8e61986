"""Requests for help, as the support system tells them."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from firstwin.accounts.models import Account, Person
from firstwin.core.facts import FactQuerySet, RecordPieceFact


class Priority(models.TextChoices):
    LOW = "low", "Low"
    NORMAL = "normal", "Normal"
    HIGH = "high", "High"
    URGENT = "urgent", "Urgent"


class Status(models.TextChoices):
    """`solved` and `closed` are done; a done ticket that is open again was reopened."""

    NEW = "new", "New"
    OPEN = "open", "Open"
    PENDING = "pending", "Waiting for the customer"
    ON_HOLD = "on_hold", "On hold"
    SOLVED = "solved", "Solved"
    CLOSED = "closed", "Closed"


DONE = (Status.SOLVED, Status.CLOSED)


class TicketQuerySet(FactQuerySet["Ticket"]):
    def true_at(self, moment: datetime) -> Self:
        """Each ticket in the state it had at `moment`."""
        return self.filter(valid_from__lte=moment).filter(Q(valid_to__isnull=True) | Q(valid_to__gt=moment))

    def undone(self) -> Self:
        """Pieces in which the ticket is not done (combine with `true_at`)."""
        return self.exclude(status__in=DONE)


class Ticket(RecordPieceFact):
    """A piece of a ticket's history: the moments over which it had this status and priority.

    first_response_at, rated_at: moments of their own; they count on a date only once they lie before it.
    reopens: how often the source says it was reopened up to the end of this piece.
    csat: 1 to 5, null where nobody answered.
    respond_by, solve_by: what was promised, where the source says so; else the service levels of the house hold.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tickets")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    subject = models.CharField(max_length=300, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    url = models.CharField(max_length=500, blank=True)
    priority = models.CharField(max_length=6, choices=Priority, default=Priority.NORMAL)
    status = models.CharField(max_length=7, choices=Status)
    is_escalated = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    first_response_at = models.DateTimeField(null=True, blank=True)
    reopens = models.PositiveSmallIntegerField(default=0)
    csat = models.PositiveSmallIntegerField(null=True, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    respond_by = models.DateTimeField(null=True, blank=True)
    solve_by = models.DateTimeField(null=True, blank=True)
    objects = TicketQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["account", "-opened_at"], condition=Q(known_until__isnull=True), name="ticket_account"
            ),
            models.Index(
                fields=["account", "opened_at"],
                condition=Q(known_until__isnull=True, valid_to__isnull=True) & ~Q(status__in=["solved", "closed"]),
                name="ticket_undone",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="ticket_period"
            ),
            models.CheckConstraint(condition=Q(csat__isnull=True) | Q(csat__range=(1, 5)), name="ticket_csat"),
            models.UniqueConstraint(
                fields=["source", "external_id", "valid_from"],
                condition=Q(known_until__isnull=True),
                name="ticket_piece_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.external_id
