"""What can be said about an account's tickets: the support room's part of the vocabulary."""

from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Case, F, Q, Value, When

from firstwin.core import clock
from firstwin.core.fields import Collection, Field, Kind, register, register_collection
from firstwin.support.frame import families
from firstwin.support.models import Priority, Status, Ticket
from firstwin.support.promises import is_breached

ROOM = "support"
GROUP = "Support"


def _tickets() -> Any:
    """As last told, with what has no column: whether a promise is broken by now."""
    return Ticket.objects.as_told().annotate(is_breached=_late(clock.now()), rating=F("csat"))


def _tickets_at(moment: datetime, known_by: datetime | None) -> Any:
    """A rating counts once it was given."""
    rating = Case(When(Q(rated_at__isnull=True) | Q(rated_at__lte=moment), then=F("csat")), default=None)
    return Ticket.objects.at(moment, known_by=known_by).annotate(is_breached=_late(moment), rating=rating)


def _late(moment: datetime) -> Case:
    return Case(When(is_breached(moment), then=Value(True)), default=Value(False), output_field=BooleanField())


FIELDS = (
    Field("tickets_open", Kind.NUMBER, "Open tickets", ROOM, stored="tickets_open", group=GROUP,
          frame="tickets.open",
          help="Tickets that are neither solved nor closed."),
    Field("tickets_ageing", Kind.NUMBER, "Ageing tickets", ROOM, stored="tickets_ageing", group=GROUP,
          frame="tickets.ageing",
          help="Tickets open for longer than 14 days."),
    Field("tickets_breached", Kind.NUMBER, "Late tickets", ROOM, stored="tickets_breached", group=GROUP,
          frame="tickets.breached",
          help="Open tickets answered or not yet solved later than promised."),
    Field("tickets_reopened", Kind.NUMBER, "Reopened tickets", ROOM, stored="tickets_reopened", group=GROUP,
          frame="tickets.reopened",
          help="Tickets opened again after they were done, in the last 90 days."),
    Field("oldest_ticket", Kind.DAYS, "Oldest open ticket", ROOM, stored="oldest_ticket_on", group=GROUP,
          frame="tickets.oldest",
          help="Days since the oldest ticket that is still open was opened."),
    Field("last_ticket", Kind.DAYS, "Last ticket", ROOM, stored="last_ticket_on", group=GROUP,
          frame="tickets.last",
          help="Days since a ticket was last opened."),
    Field("csat", Kind.SHARE, "Ticket satisfaction", ROOM, stored="csat_share", group=GROUP,
          frame="tickets.csat",
          help="Of the ratings given to tickets in the last 90 days: those of 4 or 5. See how many there are."),
    Field("csat_answers", Kind.NUMBER, "Ticket ratings", ROOM, stored="csat_count", group=GROUP,
          frame="tickets.answers",
          help="Ratings given to tickets in the last 90 days."),
)  # fmt: skip

COLLECTIONS = (
    Collection(
        "tickets", "Tickets", ROOM, model=_tickets, dated="opened_at", one="ticket", at=_tickets_at,
        fields=(
            Field("status", Kind.CHOICE, "Status", ROOM, stored="status", choices=tuple(Status.choices)),
            Field("priority", Kind.CHOICE, "Priority", ROOM, stored="priority", choices=tuple(Priority.choices)),
            Field("opened", Kind.DATE, "Opened", ROOM, stored="opened_at"),
            Field("age", Kind.DAYS, "Age", ROOM, stored="opened_at", help="Days since it was opened."),
            Field("solved", Kind.DATE, "Solved", ROOM, stored="done_at"),
            Field("csat", Kind.NUMBER, "Rating", ROOM, stored="rating", unit="of 5"),
            Field("escalated", Kind.FLAG, "Escalated", ROOM, stored="is_escalated"),
            Field("late", Kind.FLAG, "Late", ROOM, stored="is_breached",
                  help="Answered or solved later than promised, or not yet."),
            Field("channel", Kind.TEXT, "Channel", ROOM, stored="channel"),
        ),
    ),
)  # fmt: skip


def register_all() -> None:
    """Called once, when the app is ready."""
    families.register_all()
    register(*FIELDS)
    register_collection(*COLLECTIONS)
