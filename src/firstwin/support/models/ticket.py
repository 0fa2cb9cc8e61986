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
RUNNING = (Status.NEW, Status.OPEN)
"""In these the time towards solving runs; waiting and on hold it stands still."""


class TicketQuerySet(FactQuerySet["Ticket"]):
    def true_at(self, moment: datetime) -> Self:
        """Each ticket in the state it had at `moment`."""
        return self.filter(valid_from__lte=moment, opened_at__lte=moment).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=moment)
        )

    def at(self, moment: datetime, *, known_by: datetime | None = None) -> Self:
        """One row per ticket: its state at `moment` as we know it today, or as it was known by `known_by`."""
        rows = self.standing() if known_by is None else self.known_by(known_by)
        return rows.true_at(moment)

    def as_told(self) -> Self:
        """One row per ticket: its state as last told."""
        return self.standing().filter(valid_to__isnull=True)

    def undone(self) -> Self:
        """Pieces in which the ticket is not done (combine with `true_at`)."""
        return self.exclude(status__in=DONE)


class Ticket(RecordPieceFact):
    """A piece of a ticket's history: the moments over which it had this status and priority.

    What is not status, priority, escalation or a count is of the ticket as a whole and the same on all its standing
    pieces. The last four columns follow from the pieces around (`history.pieces`), checked by `firstwin verify`.

    first_response_at, rated_at: moments of their own; they count on a date only once they lie before it.
    reopens: how often the source says it was reopened up to the end of this piece.
    csat: 1 to 5, null where nobody answered.
    respond_by, solve_by: what was promised, where the source says so; else the service levels of the house hold.
    is_assumed: nobody said so: open from its opening to the first thing told.
    is_reopening: the piece begins with a reopening.
    clock_from: when the time towards solving would have begun, had it never stood still.
    done_at: since when it is done, through solved and closed.
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
    is_assumed = models.BooleanField(db_default=False)
    is_reopening = models.BooleanField(db_default=False)
    clock_from = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
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
            models.Index(
                fields=["account", "valid_from"],
                condition=Q(known_until__isnull=True, is_reopening=True),
                name="ticket_reopening",
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
