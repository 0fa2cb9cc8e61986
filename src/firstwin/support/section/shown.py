"""The open tickets, the figures and the history, on the day asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from firstwin.accounts.models import Account
from firstwin.core.clock import day_of
from firstwin.revenue.section.asof import AsOf
from firstwin.support import queries
from firstwin.support.figures import Share
from firstwin.support.models import Priority, Status, Ticket
from firstwin.support.models.ticket import TicketQuerySet
from firstwin.support.promises import Kept, kept
from firstwin.support.section.words import duration, left_words
from firstwin.support.windows import AGEING_DAYS
from firstwin.ui.charts import Step, StepChart, TimeAxis, step_chart_of
from firstwin.ui.filters import NOTHING, number, plural, share

MOST_OPEN = 12
PAGE = 25
TONES = {Priority.URGENT: "risk", Priority.HIGH: "watch", Priority.NORMAL: "none", Priority.LOW: "none"}

STATUSES = (("", "Any status"), ("undone", "Not done"), ("done", "Done"), *Status.choices)
PRIORITIES = (("", "Any priority"), *((p.value, p.label) for p in reversed(Priority)))


@dataclass(frozen=True)
class Shown:
    """A ticket as a line. age: days since it was opened. due: how it stands to its promise, in words."""

    ticket: Ticket
    age: int
    is_ageing: bool
    kept: Kept
    due: str

    @property
    def priority_tone(self) -> str:
        return TONES[Priority(self.ticket.priority)]

    @property
    def is_done(self) -> bool:
        return self.ticket.done_at is not None

    @property
    def late_words(self) -> str:
        """`Late answer`, `Late solution`, `Late` for both, or ''."""
        if self.kept.is_response_late and self.kept.is_solution_late:
            return "Late"
        return "Late answer" if self.kept.is_response_late else "Late solution" if self.kept.is_solution_late else ""


@dataclass(frozen=True)
class Figure:
    label: str
    value: str
    note: str
    tone: str = ""


@dataclass(frozen=True)
class Open:
    """count: all of them; rows: the first of them, the most urgent and oldest first."""

    count: int
    ageing: int
    late: int
    rows: Sequence[Shown]

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Page:
    """A page of the history. first: the place of its first row, from 1."""

    rows: Sequence[Shown]
    count: int
    page: int
    status: str
    priority: str

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // PAGE))

    @property
    def is_filtered(self) -> bool:
        return bool(self.status or self.priority)

    @property
    def words(self) -> str:
        first = (self.page - 1) * PAGE + 1
        return f"{number(first)} to {number(first + len(self.rows) - 1)} of {number(self.count)}" if self.rows else ""


def known_by(asof: AsOf) -> datetime | None:
    return asof.moment if asof.as_known_then else None


def rows_at(account: Account, asof: AsOf) -> TicketQuerySet:
    return queries.of_account(account).at(asof.moment, known_by=known_by(asof))


def shown(ticket: Ticket, moment: datetime) -> Shown:
    age = (day_of(moment) - day_of(ticket.opened_at)).days
    held = kept(ticket, moment)
    return Shown(ticket, age, ticket.done_at is None and age > AGEING_DAYS, held, left_words(held.left, ticket, moment))


def open_shown(account: Account, asof: AsOf) -> Open:
    tickets = queries.by_urgency(list(rows_at(account, asof).undone()))
    lines = [shown(ticket, asof.moment) for ticket in tickets]
    return Open(
        len(lines),
        sum(line.is_ageing for line in lines),
        sum(line.kept.is_breached for line in lines),
        lines[:MOST_OPEN],
    )


def figures_shown(account: Account, asof: AsOf) -> list[Figure]:
    """How fast, how well, how often again: over the 90 days up to the day asked about."""
    rows, moment, known = queries.of_account(account), asof.moment, known_by(asof)
    reopened = queries.reopened(rows, moment, known_by=known)
    return [
        _speed("First response", queries.first_responses(rows, moment, known_by=known), "answered"),
        _speed("Resolution", queries.resolutions(rows, moment, known_by=known), "solved"),
        _share("In time", queries.kept_promises(rows, moment, known_by=known), "ticket"),
        _share("Satisfaction", queries.satisfaction(rows, moment, known_by=known), "rating"),
        Figure("Reopened", number(reopened), "open again after they were done", "watch" if reopened else ""),
    ]


def _speed(label: str, speed: queries.Speed, done: str) -> Figure:
    if speed.median is None or speed.p90 is None:
        return Figure(label, NOTHING, f"none {done}")
    return Figure(label, duration(speed.median), f"median of {number(speed.count)}; 90% in {duration(speed.p90)}")


def _share(label: str, found: Share, what: str) -> Figure:
    if found.interval is None:
        return Figure(label, NOTHING, f"no {what}s")
    if found.is_few:
        return Figure(label, f"{found.good} of {found.count}", f"{plural(found.count, what)}: too few for a share")
    low, high = found.interval
    return Figure(
        label, share(found.value), f"{found.good} of {plural(found.count, what)}; {share(low)} to {share(high)}"
    )


def volume(account: Account, asof: AsOf) -> tuple[StepChart, str]:
    """Tickets opened per week, and the same in a sentence."""
    weeks = queries.opened_per_week(queries.of_account(account), asof.moment, known_by=known_by(asof))
    steps = [Step(monday, count, plural(count, "ticket")) for monday, count in weeks]
    axis = TimeAxis(weeks[0][0], weeks[-1][0] + timedelta(days=7))
    chart = step_chart_of(steps, axis, height=120, write=lambda at: number(at) if at == int(at) else "")
    total, most = sum(count for _, count in weeks), max(count for _, count in weeks)
    return chart, f"{plural(total, 'ticket')} opened in {len(weeks)} weeks, at most {number(most)} in one"


def history_shown(account: Account, asof: AsOf, query: Mapping[str, str]) -> Page:
    """What makes no sense in the address is left out."""
    status, priority = query.get("status", ""), query.get("priority", "")
    status = status if status in {word for word, _ in STATUSES} else ""
    priority = priority if priority in Priority.values else ""
    rows = queries.matching(rows_at(account, asof), status=status, priority=priority)
    count = rows.count()
    asked = query.get("page", "1")
    last = max(1, -(-count // PAGE))
    page = min(max(int(asked), 1), last) if asked.isascii() and asked.isdecimal() and len(asked) < 7 else 1
    listed: Any = rows.order_by(*queries.NEWEST_FIRST)[(page - 1) * PAGE : page * PAGE]
    return Page([shown(ticket, asof.moment) for ticket in listed], count, page, status, priority)
