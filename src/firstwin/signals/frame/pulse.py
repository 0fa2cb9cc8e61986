"""How success managers feel, as of any date: the part of the frame that this room's own facts make."""

from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from firstwin.core.clock import start_of
from firstwin.core.fields import Field, Kind, register
from firstwin.core.frames import At, FactTable, SqlFamily, register_frame
from firstwin.signals.models import Mood, Pulse
from firstwin.signals.pulses import VALID_DAYS

ROOM = "signals"
GROUP = "Relationship"

PULSES = FactTable(
    "pulses",
    Pulse.objects.all,
    {
        "account_id": ("account_id", "int"),
        "id": ("pk", "int"),
        "mood": ("mood", "text"),
        "occurred_at": ("occurred_at", "moment"),
        "known_at": ("known_at", "moment"),
        "known_until": ("known_until", "moment"),
    },
)


def _more(at: At) -> dict[str, Any]:
    """It holds for so many days, the day it was given included."""
    first = start_of(at.on - timedelta(days=VALID_DAYS - 1))
    return {"holds_from": first.astimezone(UTC).replace(tzinfo=None)}


FAMILY = SqlFamily("pulse", ROOM, Path(__file__).parent / "pulse.sql", (PULSES,), ("mood", "given"), more=_more)

FIELDS = (
    Field("pulse", Kind.CHOICE, "Pulse", ROOM, frame="pulse.mood", group=GROUP, choices=tuple(Mood.choices),
          help=f"How its success manager feels about it. Older than {VALID_DAYS} days counts as missing."),
    Field("pulse_on", Kind.DATE, "Pulse given", ROOM, frame="pulse.given", group=GROUP,
          help="The day on which that pulse was given."),
)  # fmt: skip


def register_all() -> None:
    """Called once, when the app is ready."""
    register_frame(FAMILY)
    register(*FIELDS)
