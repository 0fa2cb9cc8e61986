"""What one statement about a ticket claims, and what makes a statement impossible. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from firstwin.support.actions.receive.said import TicketSaid
from firstwin.support.history import Claim, State
from firstwin.support.models.ticket import DONE, Priority, Status

Origin = tuple[int | None, int | None]

_STATUSES, _PRIORITIES = frozenset(Status.values), frozenset(Priority.values)
_MOST_REOPENS = 30_000


def problem_with(one: TicketSaid, now: datetime) -> tuple[str, str] | None:
    """(field, sentence) when nothing of it can be stored."""
    opened = one.opened_at
    if opened > now:
        return "opened_at", "It was opened in the future."
    if one.closed_at is not None and one.closed_at < opened:
        return "closed_at", "It was closed before it was opened."
    if one.first_response_at is not None and one.first_response_at < opened:
        return "first_response_at", "It was answered before it was opened."
    for field, moment in (
        ("closed_at", one.closed_at),
        ("first_response_at", one.first_response_at),
        ("reopened_at", one.reopened_at),
        ("rated_at", one.rated_at),
        ("known_at", one.known_at),
    ):
        if moment is not None and moment > now:
            return field, "This lies in the future."
    if one.reopened_at is not None and one.reopened_at < opened:
        return "reopened_at", "It was reopened before it was opened."
    if one.csat is not None and not 1 <= one.csat <= 5:
        return "csat", "Satisfaction is a number from 1 to 5."
    if one.status is not None and one.status not in _STATUSES:
        return "status", f"There is no status {one.status!r}. Say one of {', '.join(Status.values)}."
    if one.priority not in _PRIORITIES:
        return "priority", f"There is no priority {one.priority!r}. Say one of {', '.join(Priority.values)}."
    if not 0 <= one.reopens <= _MOST_REOPENS:
        return "reopens", f"Reopenings are counted from 0 to {_MOST_REOPENS:,}."
    if not one.external_id:
        return "external_id", "A ticket needs the id its source gives it."
    return None


def warnings_about(one: TicketSaid) -> list[str]:
    """What is odd though it is stored. An address that is not of the web is left out."""
    found: list[str] = []
    if one.url and (not one.url.lower().startswith(("https://", "http://")) or len(one.url) > 500):
        found.append("Its link is not an address of the web, so it was left out.")
        one.url = ""
    for moment, words in ((one.opened_at, "opened"), (one.closed_at, "closed"), (one.reopened_at, "reopened")):
        if moment is not None and one.known_at < moment:
            found.append(f"It was told before it was {words}; taken as told when it was {words}.")
            one.known_at = moment
    if one.csat is not None and one.rated_at is not None and one.rated_at < one.opened_at:
        found.append("It was rated before it was opened; the rating counts from the opening.")
        one.rated_at = one.opened_at
    return found


def claims_of(
    one: TicketSaid, origin: Origin, last: State | None, steps: Sequence[Claim], unsaid: frozenset[str]
) -> Iterator[Claim]:
    """The claims of a statement. last, steps: the ticket as it stands, None and empty for a new one."""
    if last is not None and unsaid >= {"status", "closed_at"}:
        return  # it speaks of other things
    status = one.status or _derived(one)
    state = State(
        status,
        last.priority if last is not None and "priority" in unsaid else one.priority,
        last.is_escalated if last is not None and "is_escalated" in unsaid else one.is_escalated,
        last.reopens if last is not None and "reopens" in unsaid else max(one.reopens, 1 if one.reopened_at else 0),
    )
    told, closed, reopened = one.known_at, one.closed_at, one.reopened_at
    if not one.has_own_time and last is not None and _says_already(one, state, last, steps):
        return
    is_done, snapshot = status in DONE, one.has_own_time and one.status is not None
    if closed is not None and not is_done:
        before = State(Status.SOLVED, state.priority, state.is_escalated, max(state.reopens - 1, 0))
        yield Claim(closed, closed, before, origin)
    # Where the source names no status, or no time of its own, its dates are all there is: open since then.
    since = reopened if reopened is not None and status == Status.OPEN and not snapshot else None
    if reopened is not None and since is None and (not is_done or closed is None or reopened < closed):
        yield Claim(reopened, reopened, state._replace(status=Status.OPEN), origin)
    if since is not None:
        yield Claim(since, told, state, origin)
    elif is_done:
        yield Claim(closed or told, told, state, origin)
    elif status == Status.NEW and closed is None and reopened is None:
        yield Claim(one.opened_at, told, state, origin)  # nobody touched it since
    elif not one.has_own_time and status == Status.OPEN and last is None and closed is None:
        yield Claim(one.opened_at, told, state, origin)  # the one thing known of it
    else:
        yield Claim(told, told, state, origin)


def _derived(one: TicketSaid) -> str:
    if one.closed_at is None:
        return Status.OPEN
    is_open_again = one.reopened_at is not None and one.reopened_at >= one.closed_at
    return Status.OPEN if is_open_again else Status.SOLVED


def _says_already(one: TicketSaid, state: State, last: State, steps: Sequence[Claim]) -> bool:
    """Told again without a time of its own: only what is new since then changes anything."""
    if state != last:
        return False
    starts = {step.at for step in steps}
    asked = [moment for moment in (one.closed_at, one.reopened_at) if moment is not None]
    return all(moment in starts for moment in asked) and (
        state.status not in DONE or one.closed_at is None or steps[-1].at == one.closed_at
    )
