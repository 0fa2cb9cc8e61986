"""What a source said about one ticket, checked and typed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True, kw_only=True)
class TicketSaid:
    """One row: a snapshot (`status` at `known_at`), or the ticket's own history (opened, closed, reopened), or both.

    row: the line of the file, kept beside the fact.
    known_at: the source's own time where `has_own_time`, else when it arrived.
    status: a `Status`; None where the source does not say: then it is done when it was closed, else open.
    closed_at: when it was last solved or closed.  reopened_at: when it was last opened again.
    reopens: how often it was reopened so far, as the source counts.
    csat: 1 to 5.  rated_at: None where the source does not say when; then with the closing, or when it was told.
    respond_by, solve_by: what was promised for this ticket; None where the service levels of the house hold.

    A later row says everything anew: what it leaves None is no longer so.
    """

    row: int
    external_id: str
    account_id: int
    known_at: datetime
    has_own_time: bool
    opened_at: datetime
    closed_at: datetime | None = None
    reopened_at: datetime | None = None
    status: str | None = None
    priority: str = "normal"
    is_escalated: bool = False
    reopens: int = 0
    person_id: int | None = None
    first_response_at: datetime | None = None
    csat: int | None = None
    rated_at: datetime | None = None
    respond_by: datetime | None = None
    solve_by: datetime | None = None
    subject: str = ""
    channel: str = ""
    url: str = ""
