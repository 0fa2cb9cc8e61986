"""Questions about tickets, on any date and as known by any moment.

Each takes rows already narrowed to accounts (`Ticket.objects.filter(scope.q("account_id"))`), the moment asked about
and, where the answer shall be the one of a past day, the moment by which it had to be known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, OrderBy, Q

from firstwin.accounts.models import Account
from firstwin.core.clock import day_of, end_of, start_of
from firstwin.support.figures import Share, quantile
from firstwin.support.models import Priority, Ticket
from firstwin.support.models.ticket import TicketQuerySet
from firstwin.support.promises import is_breached, kept
from firstwin.support.windows import AGEING_DAYS, GOOD, WINDOW_DAYS, ageing_before, window_start

WEEKS = 26


def of_account(account: Account) -> TicketQuerySet:
    return Ticket.objects.filter(account=account)


def moment_of(day: date, now: datetime) -> datetime:
    """The last moment of `day` that is not ahead: what "as of" a day means."""
    return min(end_of(day) - timedelta(microseconds=1), now)


def open_at(rows: TicketQuerySet, moment: datetime, *, known_by: datetime | None = None) -> TicketQuerySet:
    """Not done at `moment`."""
    return rows.at(moment, known_by=known_by).undone()


def ageing_at(
    rows: TicketQuerySet, moment: datetime, *, days: int = AGEING_DAYS, known_by: datetime | None = None
) -> TicketQuerySet:
    """Open at `moment`, for longer than `days` days."""
    before = ageing_before(day_of(moment), days)
    return open_at(rows, moment, known_by=known_by).filter(opened_at__lt=before)


def breached_at(rows: TicketQuerySet, moment: datetime, *, known_by: datetime | None = None) -> TicketQuerySet:
    """Open at `moment` with a promise broken (see `promises`)."""
    return open_at(rows, moment, known_by=known_by).filter(is_breached(moment))


def reopened(
    rows: TicketQuerySet, moment: datetime, *, days: int = WINDOW_DAYS, known_by: datetime | None = None
) -> int:
    """How many tickets were reopened in the `days` days that end with the day of `moment`."""
    held = rows.standing() if known_by is None else rows.known_by(known_by)
    since = window_start(day_of(moment), days)
    again = held.filter(is_reopening=True, valid_from__gte=since, valid_from__lte=moment)
    return again.order_by().values("source", "external_id").distinct().count()


@dataclass(frozen=True)
class Speed:
    """How long something took, over `count` tickets."""

    count: int
    median: timedelta | None
    p90: timedelta | None


def _speed(pairs: Iterable[tuple[datetime, datetime | None]]) -> Speed:
    seconds = [(until - since).total_seconds() for since, until in pairs if until is not None]
    median, p90 = quantile(seconds, 0.5), quantile(seconds, 0.9)
    return Speed(
        len(seconds),
        timedelta(seconds=median) if median is not None else None,
        timedelta(seconds=p90) if p90 is not None else None,
    )


def first_responses(
    rows: TicketQuerySet, moment: datetime, *, days: int = WINDOW_DAYS, known_by: datetime | None = None
) -> Speed:
    """From opening to the first response, of those given in the `days` days up to `moment`."""
    since = window_start(day_of(moment), days)
    given = rows.at(moment, known_by=known_by).filter(first_response_at__gte=since, first_response_at__lte=moment)
    return _speed(given.values_list("opened_at", "first_response_at"))


def resolutions(
    rows: TicketQuerySet, moment: datetime, *, days: int = WINDOW_DAYS, known_by: datetime | None = None
) -> Speed:
    """From opening to the solution, pauses included, of those done at `moment` since the last `days` days."""
    since = window_start(day_of(moment), days)
    solved = rows.at(moment, known_by=known_by).filter(done_at__gte=since)
    return _speed(solved.values_list("opened_at", "done_at"))


def satisfaction(
    rows: TicketQuerySet, moment: datetime, *, days: int = WINDOW_DAYS, known_by: datetime | None = None
) -> Share:
    """Of the ratings given in the `days` days up to `moment`: those of 4 or 5."""
    since = window_start(day_of(moment), days)
    rated = rows.at(moment, known_by=known_by).filter(rated_at__gte=since, rated_at__lte=moment)
    ratings = list(rated.values_list("csat", flat=True))
    return Share(sum(1 for rating in ratings if rating is not None and rating >= GOOD), len(ratings))


def kept_promises(
    rows: TicketQuerySet, moment: datetime, *, days: int = WINDOW_DAYS, known_by: datetime | None = None
) -> Share:
    """Of the tickets done in the `days` days up to `moment`: those answered and solved as promised."""
    since = window_start(day_of(moment), days)
    solved = list(rows.at(moment, known_by=known_by).filter(done_at__gte=since))
    return Share(sum(1 for ticket in solved if not kept(ticket, moment).is_breached), len(solved))


def opened_per_week(
    rows: TicketQuerySet, moment: datetime, *, weeks: int = WEEKS, known_by: datetime | None = None
) -> list[tuple[date, int]]:
    """(Monday, tickets opened in that week), oldest first; the last week is the one of `moment`."""
    monday = _monday(day_of(moment))
    mondays = [monday - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    counts = dict.fromkeys(mondays, 0)
    recent = rows.at(moment, known_by=known_by).filter(opened_at__gte=start_of(mondays[0]))
    for opened_at in recent.values_list("opened_at", flat=True):
        counts[_monday(day_of(opened_at))] += 1
    return list(counts.items())


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


_URGENCY = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.LOW: 3}


def by_urgency(tickets: Sequence[Ticket]) -> list[Ticket]:
    """What to do next: by priority, the oldest of each first."""
    return sorted(tickets, key=lambda ticket: (_URGENCY[Priority(ticket.priority)], ticket.opened_at, ticket.pk))


def matching(rows: TicketQuerySet, *, status: str = "", priority: str = "") -> TicketQuerySet:
    """status: one of `Status`, `undone`, `done`, or '' for any."""
    if status == "undone":
        rows = rows.undone()
    elif status == "done":
        rows = rows.filter(done_at__isnull=False)
    elif status:
        rows = rows.filter(status=status)
    return rows.filter(priority=priority) if priority else rows


NEWEST_FIRST = (OrderBy(F("opened_at"), descending=True), OrderBy(F("pk"), descending=True))


def pieces_of(ticket: Ticket, moment: datetime) -> list[Ticket]:
    """Its standing pieces up to `moment`, oldest first."""
    rows = Ticket.objects.standing().filter(source=ticket.source, external_id=ticket.external_id)
    return list(rows.filter(valid_from__lte=moment).order_by("valid_from"))


def ticket_at(rows: TicketQuerySet, pk: int, moment: datetime) -> Ticket | None:
    """The ticket that a row (standing or not) belongs to, as it was at `moment`; as last told where it was not yet
    known to exist then."""
    named = Ticket.objects.filter(pk=pk).values_list("source", "external_id").first()
    if named is None:
        return None
    of_it = rows.filter(source=named[0], external_id=named[1]).select_related("person")
    return of_it.at(moment).first() or of_it.as_told().first()


def has_any(account: Account) -> bool:
    return Ticket.objects.standing().filter(Q(account=account)).exists()
