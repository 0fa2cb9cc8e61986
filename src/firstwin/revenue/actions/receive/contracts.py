"""Contracts as a source tells them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from firstwin.accounts.actions.receive import Received
from firstwin.core.currencies import EXPONENTS
from firstwin.core.errors import Refused
from firstwin.core.money import LARGEST
from firstwin.revenue.actions.receive.said import ContractSaid
from firstwin.revenue.actions.receive.versions import Versioned, too_long
from firstwin.revenue.models import Contract


def receive_contracts(
    *, said: Sequence[ContractSaid], source: str, origin: int | None, now: datetime, unsaid: Collection[str] = ()
) -> Received:
    """Store new contracts, and those that are told differently now as a new version."""
    return CONTRACTS.receive(said, source=source, origin=origin, now=now, unsaid=unsaid)


def _trouble(one: ContractSaid) -> Refused | None:
    if one.ends_on is not None and one.ends_on < one.starts_on:
        return Refused("The contract ends before it starts.", field="ends_on")
    if one.currency not in EXPONENTS and (one.currency or one.total_minor is not None):
        return Refused(f"{one.currency[:20]!r} is not an ISO 4217 currency.", field="currency")
    if one.total_minor is not None and abs(one.total_minor) > LARGEST:
        return Refused("The amount is too large to keep.", field="total")
    return too_long(one, Contract, ("number", "name", "url"))


def _warnings(one: ContractSaid) -> list[str]:
    found = []
    if one.ends_on == one.starts_on:
        found.append("It starts and ends on the same day.")
    if one.notice_on is not None and one.ends_on is not None and one.notice_on > one.ends_on:
        found.append("Notice may be given until after its end.")
    return found


CONTRACTS = Versioned(
    "contracts",
    Contract,
    ("number", "name", "signed_on", "starts_on", "ends_on", "renews_on", "notice_on", "auto_renews", "cancelled_on",
     "currency", "total_minor", "url"),
    _trouble,
    _warnings,
)  # fmt: skip
