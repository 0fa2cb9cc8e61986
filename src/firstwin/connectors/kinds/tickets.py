"""Rows that are support tickets."""

from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from firstwin.accounts.actions.receive import Received
from firstwin.connectors.kinds.gather import Gathered
from firstwin.connectors.kinds.people import accounts_of
from firstwin.connectors.kinds.storing import store
from firstwin.core.errors import Refused
from firstwin.support.actions import receive as support
from firstwin.support.actions.receive import TicketSaid

_TEXTS = ("subject", "channel", "url")
_MOMENTS = ("reopened_at", "rated_at", "respond_by", "solve_by")
BEST = 5


def receive_tickets(gathered: Gathered) -> Received:
    people = gathered.people()
    accounts = _accounts(gathered, people)
    known = list(gathered.known())
    opened, closed = gathered.column("opened_at"), _after(gathered, "closed_at", "resolution_hours", 60)
    answered = _after(gathered, "first_response_at", "first_response_minutes", 1)
    moments = {name: gathered.column(name) for name in _MOMENTS}
    texts = {name: gathered.column(name, "") for name in _TEXTS}
    states, priorities = gathered.column("status"), gathered.column("priority", "normal")
    escalated, reopens = gathered.column("escalated", False), gathered.column("reopens", 0)
    scores, scales = gathered.column("csat"), gathered.column("csat_scale", Decimal(BEST))
    now = gathered.intake.now

    def make(at: int) -> TicketSaid:
        row, opening = gathered.rows[at], opened[at]
        if opening is None:
            raise Refused("A ticket needs the moment it was opened.", field="opened_at")
        _check_moments(opening, closed[at], answered[at], now)
        return TicketSaid(
            row=row.line, external_id=row.external_id, known_at=known[at][0], has_own_time=known[at][1],
            account_id=accounts[at], person_id=people[at] or None, opened_at=opening, closed_at=closed[at],
            status=states[at], priority=priorities[at], is_escalated=escalated[at], reopens=reopens[at],
            first_response_at=answered[at], csat=_rating(scores[at], scales[at]),
            **{name: column[at] for name, column in moments.items()},
            **{name: column[at] for name, column in texts.items()},
        )  # fmt: skip

    return store(gathered, gathered.each(make), support.receive_tickets)


def _accounts(gathered: Gathered, people: list[int]) -> list[int]:
    """The account a row names, else the one at which its person works (the only one, or the one at the opening)."""
    accounts = gathered.accounts(needed=not gathered.has("person"))
    if not gathered.has("person"):
        return accounts
    lacking = {person for account, person in zip(accounts, people, strict=True) if not account and person}
    homes = accounts_of(lacking, gathered.intake) if lacking else {}
    opened = gathered.column("opened_at")
    for at, account in enumerate(accounts):
        if not account:
            meant = _works_at(homes.get(people[at], []), opened[at])
            if meant is None:
                why = "A ticket needs an account, or a person who works at one."
                gathered.refuse(at, Refused(why, field="account" if gathered.has("account") else "person"))
            accounts[at] = meant or 0
    return accounts


def _works_at(periods: list[tuple[int, datetime, datetime | None]], at: datetime | None) -> int | None:
    then = {account for account, start, end in periods if at and start <= at and (end is None or end > at)}
    meant = then or {account for account, _, _ in periods}
    return meant.pop() if len(meant) == 1 else None


def _after(gathered: Gathered, moment: str, passed: str, minutes: int) -> list[datetime | None]:
    """The moment itself, else so many units (each of `minutes`) after the opening. A day is not before the opening."""
    moments, opened = gathered.column(moment), gathered.column("opened_at")
    if not gathered.has(passed):
        return list(moments)
    times = gathered.column(passed)
    return [
        said
        if said is not None or start is None or time is None
        else start + timedelta(seconds=round(time * 60 * minutes))
        for said, start, time in zip(moments, opened, times, strict=True)
    ]


def _check_moments(opened: datetime, closed: datetime | None, answered: datetime | None, now: datetime) -> None:
    if opened > now:
        raise Refused("It cannot have been opened later than now.", field="opened_at")
    for name, moment, what in (("closed_at", closed, "closed"), ("first_response_at", answered, "answered")):
        if moment is not None and moment < opened:
            raise Refused(f"It was {what} before it was opened.", field=name)
        if moment is not None and moment > now:
            raise Refused(f"It cannot have been {what} later than now.", field=name)


def _rating(score: Decimal | None, scale: Decimal) -> int | None:
    """1 to 5, whatever the best score is. Raises Refused."""
    if score is None:
        return None
    if not 0 < score <= scale:
        raise Refused(f"A rating lies above 0 and up to {scale.normalize():f}.", field="csat")
    return int((score * BEST / scale).to_integral_value(ROUND_CEILING))
