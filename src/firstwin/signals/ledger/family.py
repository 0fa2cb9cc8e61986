"""Signals of a past day in the frame: what the ledger said then."""

from collections.abc import Sequence
from typing import Any

from firstwin.core.frames import At, Columns, ComputedFamily, register_frame

KEY = "signals"
NUMBERS = ("health", "health_coverage", "health_change")
WHOLE = {
    "risks_open": "risks_open",
    "risk_severity": "risk_severity",
    "opportunities_open": "opportunities_open",
    "at_risk": "at_risk_minor",
}
WORDS = ("health_band", "stage", "stage_below", "stage_pace", "stage_late", "experience")
DAYS = ("stage_on", "stage_below_on", "stage_late_on")
COLUMNS = (*NUMBERS, *WHOLE, *WORDS, *DAYS, "segments")


def columns(account_ids: Any, ats: Sequence[At]) -> list[Columns]:
    """For each moment, the columns over these accounts."""
    from firstwin.signals.ledger.past import as_of  # loads what computes, which no start of a server should

    return [as_of(account_ids.tolist(), at) for at in ats]


def register_all() -> None:
    """Called once, when the app is ready."""
    register_frame(ComputedFamily(KEY, "signals", COLUMNS, columns))
