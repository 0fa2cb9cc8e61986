"""Short words with which tests tell tickets."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from firstwin.accounts.actions.receive import Received
from firstwin.accounts.models import Account
from firstwin.support.actions.receive import TicketSaid, receive_tickets
from firstwin.support.models import Ticket

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)

_lines = count(2)


def ago(days: float = 0, hours: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def said(account: Account, external_id: str = "T-1", **told: Any) -> TicketSaid:
    """A snapshot known now without a time of its own, opened ten days ago, unless told otherwise."""
    row = told.pop("row", None) or next(_lines)
    told.setdefault("known_at", NOW)
    told.setdefault("has_own_time", told["known_at"] != NOW)
    told.setdefault("opened_at", ago(days=10))
    return TicketSaid(row=row, external_id=external_id, account_id=account.pk, **told)


def tell(*tickets: TicketSaid, source: str = "desk", now: datetime = NOW, unsaid: Collection[str] = ()) -> Received:
    return receive_tickets(said=tickets, source=source, origin=7, now=now, unsaid=unsaid)


def told_of(external_id: str = "T-1") -> list[tuple[str, datetime, datetime | None]]:
    """(status, from, to) of what stands of a ticket."""
    rows = Ticket.objects.standing().filter(external_id=external_id).order_by("valid_from")
    return list(rows.values_list("status", "valid_from", "valid_to"))
