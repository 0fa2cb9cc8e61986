"""Everything ever believed about one ticket: its pieces as they stand, and what they replaced."""

from collections.abc import Sequence

from firstwin.revenue.section.evidence import origin_of
from firstwin.revenue.section.history import History, Version
from firstwin.support.models import Priority, Ticket
from firstwin.support.promises import SERVICE_LEVELS
from firstwin.support.section.words import duration
from firstwin.ui.filters import moment, plural


def ticket_history(rows: Sequence[Ticket]) -> History:
    """rows: all of one ticket, in the order they became known."""
    standing = sorted((row for row in rows if row.known_until is None), key=lambda row: row.valid_from)
    replaced = [row for row in rows if row.known_until is not None]
    last = (standing or list(rows))[-1]
    return History(
        title=str(last),
        kind=f"Ticket {last.external_id}",
        facts=[pair for pair in _facts(last) if pair[1]],
        standing=[_version(row) for row in reversed(standing)],
        replaced=[_version(row) for row in reversed(replaced)],
        url=last.url,
    )


def _facts(last: Ticket) -> list[tuple[str, str]]:
    return [
        ("Status", str(last.get_status_display())),
        ("Priority", str(last.get_priority_display())),
        ("Opened", moment(last.opened_at)),
        ("Asked by", last.person.name if last.person else ""),
        ("Channel", last.channel.capitalize()),
        ("First response", _response(last)),
        ("Solution", _solution(last)),
        ("Rating", f"{last.csat} of 5" if last.csat is not None else ""),
        ("Escalated", "Yes" if last.is_escalated else ""),
        ("Reopened", plural(last.reopens, "time") if last.reopens else ""),
    ]


def _response(last: Ticket) -> str:
    level = SERVICE_LEVELS[Priority(last.priority)]
    within = (last.respond_by - last.opened_at) if last.respond_by else level.response
    if last.first_response_at is None:
        return f"None yet, promised within {duration(within)}" if last.done_at is None else ""
    return f"After {duration(last.first_response_at - last.opened_at)}, promised within {duration(within)}"


def _solution(last: Ticket) -> str:
    level = SERVICE_LEVELS[Priority(last.priority)]
    within = (last.solve_by - last.opened_at) if last.solve_by else level.solution
    if last.done_at is None:
        return f"Not yet, promised within {duration(within)}"
    return f"After {duration(last.done_at - last.opened_at)}, promised within {duration(within)}"


def _version(row: Ticket) -> Version:
    words = [str(row.get_status_display()), f"{row.get_priority_display().lower()} priority"]
    words += ["escalated"] if row.is_escalated else []
    words += ["reopened"] if row.is_reopening else []
    words += [f"rated {row.csat} of 5"] if row.csat is not None and row.valid_to is None else []
    words += ["assumed: nobody told of the time before"] if row.is_assumed else []
    ends = f"{moment(row.valid_from)} to {moment(row.valid_to)}" if row.valid_to else f"since {moment(row.valid_from)}"
    return Version(", ".join(words), ends, origin_of(row), row.known_until)
