"""The support room's part of the frame."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from firstwin.core.frames import At, FactTable, SqlFamily, register_frame
from firstwin.support.models import Ticket
from firstwin.support.promises import SERVICE_LEVELS
from firstwin.support.windows import GOOD, ageing_before, window_start

ROOM = "support"

TICKETS = FactTable(
    "tickets",
    Ticket.objects.all,
    {
        "account_id": ("account_id", "int"),
        "source": ("source", "text"),
        "external_id": ("external_id", "text"),
        "status": ("status", "text"),
        "priority": ("priority", "text"),
        "opened_at": ("opened_at", "moment"),
        "first_response_at": ("first_response_at", "moment"),
        "csat": ("csat", "int"),
        "rated_at": ("rated_at", "moment"),
        "respond_by": ("respond_by", "moment"),
        "solve_by": ("solve_by", "moment"),
        "is_reopening": ("is_reopening", "flag"),
        "clock_from": ("clock_from", "moment"),
        "done_at": ("done_at", "moment"),
        "valid_from": ("valid_from", "moment"),
        "valid_to": ("valid_to", "moment"),
        "known_at": ("known_at", "moment"),
        "known_until": ("known_until", "moment"),
    },
)


def _more(at: At) -> dict[str, Any]:
    hours = {
        f"{priority.value}_{name}": span // timedelta(hours=1)
        for priority, level in SERVICE_LEVELS.items()
        for name, span in (("response", level.response), ("solution", level.solution))
    }
    return {"since": window_start(at.on), "ageing_before": ageing_before(at.on), "good": GOOD, **hours}


TICKET_FIGURES = SqlFamily(
    "tickets", ROOM, Path(__file__).parent / "tickets.sql", (TICKETS,),
    ("open", "ageing", "breached", "reopened", "oldest", "last", "csat", "answers"), more=_more,
)  # fmt: skip


def register_all() -> None:
    """Called once, when the app is ready."""
    register_frame(TICKET_FIGURES)
