"""Take in what other systems say, many records at once. Imports and connectors write facts through these verbs only."""

from firstwin.accounts.actions.receive.accounts import receive_accounts
from firstwin.accounts.actions.receive.memberships import receive_memberships
from firstwin.accounts.actions.receive.parents import receive_parents
from firstwin.accounts.actions.receive.people import receive_people
from firstwin.accounts.actions.receive.refresh import refresh_received, stale_accounts
from firstwin.accounts.actions.receive.said import (
    UNSAID,
    AccountSaid,
    MembershipSaid,
    ParentSaid,
    PersonSaid,
    Received,
    TouchSaid,
    Unsaid,
)
from firstwin.accounts.actions.receive.touches import receive_touches

__all__ = [
    "UNSAID", "AccountSaid", "MembershipSaid", "ParentSaid", "PersonSaid", "Received", "TouchSaid", "Unsaid",
    "receive_accounts", "receive_memberships", "receive_parents", "receive_people", "receive_touches",
    "refresh_received", "stale_accounts",
]  # fmt: skip
