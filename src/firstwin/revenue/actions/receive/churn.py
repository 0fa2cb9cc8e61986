"""Churn records as a source tells them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from firstwin.accounts.actions.receive import Received
from firstwin.core.currencies import EXPONENTS
from firstwin.core.errors import Refused
from firstwin.core.money import LARGEST
from firstwin.revenue.actions.receive.said import ChurnSaid
from firstwin.revenue.actions.receive.versions import Versioned, too_long
from firstwin.revenue.models import ChurnKind, ChurnRecord

_KINDS = frozenset(ChurnKind.values)


def receive_churn(
    *, said: Sequence[ChurnSaid], source: str, origin: int | None, now: datetime, unsaid: Collection[str] = ()
) -> Received:
    """Store new losses, and those that are told differently now as a new version."""
    return CHURN.receive(said, source=source, origin=origin, now=now, unsaid=unsaid)


def check_churn(one: ChurnSaid) -> Refused | None:
    """What cannot be so about a churn record, whoever tells it."""
    if one.kind not in _KINDS:
        return Refused("A loss is of the whole account, a downsell, or of one product.", field="kind")
    if one.currency not in EXPONENTS and (one.currency or one.lost_minor is not None or one.refund_minor is not None):
        return Refused(f"{one.currency[:20]!r} is not an ISO 4217 currency.", field="currency")
    if max(abs(one.lost_minor or 0), abs(one.refund_minor or 0)) > LARGEST:
        return Refused("The amount is too large to keep.", field="lost")
    return too_long(one, ChurnRecord, ("stated_reason", "root_cause", "competitor", "review_url"))


def _warnings(one: ChurnSaid) -> list[str]:
    found = []
    if one.won_back_on is not None and one.won_back_on < one.effective_on:
        found.append("The customer was won back before they left.")
    if one.notice_on is not None and one.notice_on > one.effective_on:
        found.append("Notice was given after they left.")
    return found


CHURN = Versioned(
    "churn",
    ChurnRecord,
    ("product_id", "kind", "is_voluntary", "is_controllable", "stated_reason", "root_cause", "first_signal_on",
     "notice_on", "effective_on", "won_back_on", "is_reactivation", "currency", "lost_minor", "refund_minor",
     "competitor", "comment", "review_url"),
    check_churn,
    _warnings,
)  # fmt: skip
