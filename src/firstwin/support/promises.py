"""The service levels of the house, and which tickets broke a promise.

Plain hours, day and night. What the ticket itself was promised (`respond_by`, `solve_by`) goes before the table. While
we wait for the customer, or the ticket is on hold, the time towards solving stands still; a reopened ticket goes on
where it was done. The priority that counts is the one the ticket has at the moment asked about.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q

from firstwin.support.models import DONE, RUNNING, Priority, Ticket


@dataclass(frozen=True)
class Level:
    """Hours to the first response, and to the solution."""

    response_hours: int
    solution_hours: int

    @property
    def response(self) -> timedelta:
        return timedelta(hours=self.response_hours)

    @property
    def solution(self) -> timedelta:
        return timedelta(hours=self.solution_hours)


SERVICE_LEVELS = {
    Priority.URGENT: Level(1, 8),
    Priority.HIGH: Level(4, 24),
    Priority.NORMAL: Level(8, 72),
    Priority.LOW: Level(24, 120),
}


def response_is_late(moment: datetime) -> Q:
    """Over rows true at `moment`: the first response came, or is still to come, later than promised. A ticket that
    was done without a response had its response with the solution."""
    promised = Q(respond_by__isnull=False, respond_by__lt=moment)
    found = promised & _answered_after_promise()
    for priority, level in SERVICE_LEVELS.items():
        due = F("opened_at") + level.response
        late = Q(first_response_at__gt=due) | Q(first_response_at__isnull=True) & (
            Q(done_at__isnull=True) | Q(done_at__gt=due)
        )
        overdue = Q(opened_at__lt=moment - level.response)  # first, and alone on plain columns: most rows end here
        found |= Q(respond_by__isnull=True, priority=priority) & overdue & late
    return found


def _answered_after_promise() -> Q:
    by = F("respond_by")
    never = Q(first_response_at__isnull=True) & (Q(done_at__isnull=True) | Q(done_at__gt=by))
    return Q(first_response_at__gt=by) | never


def solution_is_late(moment: datetime) -> Q:
    """Over rows true at `moment`: solved, or still to be solved, later than promised."""
    by = F("solve_by")
    found = Q(solve_by__isnull=False) & (Q(done_at__gt=by) | Q(done_at__isnull=True, solve_by__lt=moment))
    running = Q(status__in=RUNNING)
    for priority, level in SERVICE_LEVELS.items():
        is_over = Q(clock_from__lt=moment - level.solution)
        stopped = Q(clock_from__lt=F("valid_from") - level.solution)
        found |= Q(solve_by__isnull=True, priority=priority) & is_over & (running | stopped)
    return found


def is_breached(moment: datetime) -> Q:
    """Over rows true at `moment`: a promise was broken."""
    return response_is_late(moment) | solution_is_late(moment)


@dataclass(frozen=True)
class Kept:
    """How a ticket stands to its promises. due: None when there is no such moment any more.

    left: until the solution is due; negative when it is late. None where the clock stands still or it is done.
    """

    is_response_late: bool
    is_solution_late: bool
    left: timedelta | None

    @property
    def is_breached(self) -> bool:
        return self.is_response_late or self.is_solution_late


def kept(ticket: Ticket, moment: datetime) -> Kept:
    """The same as the conditions above, for one row true at `moment`."""
    level = SERVICE_LEVELS[Priority(ticket.priority)]
    respond_by = ticket.respond_by or ticket.opened_at + level.response
    answered = ticket.first_response_at or ticket.done_at
    is_response_late = respond_by < moment and (answered is None or answered > respond_by)
    is_done, clock_from = ticket.status in DONE, ticket.clock_from or ticket.opened_at
    if ticket.solve_by is not None:
        left = ticket.solve_by - (ticket.done_at or moment)
        return Kept(is_response_late, left < timedelta(0), None if is_done else left)
    is_running = ticket.status in RUNNING
    spent = (moment if is_running else ticket.valid_from) - clock_from
    left = level.solution - spent
    return Kept(is_response_late, left < timedelta(0), left if is_running else None)
