"""The signal columns of the list rows: what the ledger says, as of now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from firstwin.accounts.bulk import among
from firstwin.accounts.published import Family, register_family
from firstwin.signals.models import Refreshed

FAMILY = "signals"
COLUMNS = (
    "health", "health_band", "health_coverage", "health_change", "health_words", "stage", "stage_on",
    "stage_below", "stage_below_on", "stage_pace", "stage_late", "stage_late_on",
    "experience", "segments", "risks_open", "risk_severity", "opportunities_open", "at_risk_minor",
)  # fmt: skip


def signal_columns(account_ids: Sequence[int], now: datetime) -> Mapping[int, Mapping[str, Any]]:
    """Account id → column → value. Accounts whose signals were never computed are left out."""
    rows = among(Refreshed.objects.all(), "account_id", account_ids)
    some = list(rows.values_list("account_id", flat=True))
    if not some:
        return {}
    # What reads the ledger loads only where there is something to read.
    from firstwin.core.frames import At
    from firstwin.signals.ledger.told import told

    return told(some, At.of(now))


def register_all() -> None:
    """Called once, when the app is ready."""
    register_family(Family(FAMILY, COLUMNS, signal_columns))
