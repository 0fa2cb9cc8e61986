"""Health and stage as the list of accounts and the head of an account draw them."""

from collections.abc import Mapping
from typing import Any

from firstwin.accounts.listing.looks import Drawn, Look, register_look
from firstwin.signals.models.kinds import Band, Pace


def register_all() -> None:
    """Called once, when the app is ready."""
    register_look("health", Look(("health_band", "health_change", "health_words"), _health, "health"))
    register_look("stage", Look(("stage_pace", "stage_late"), _stage, "health"))


def _health(row: Mapping[str, Any], _: Mapping[Any, str]) -> Drawn | None:
    band = row["health_band"]
    if band not in Band.values:
        return None
    words = row["health_words"] or ""
    change = row["health_change"]
    return Drawn(
        str(Band(band).label),
        Band(band).tone,
        row["health"],
        change if change is not None and abs(change) >= 1 else None,
        note=words[:1].upper() + words[1:],
    )


def _stage(row: Mapping[str, Any], labels: Mapping[Any, str]) -> Drawn | None:
    if not row["stage"]:
        return None
    pace = row["stage_pace"]
    tone = Pace(pace).tone if pace in Pace.values and pace != Pace.ON_TRACK else None
    shown, late, badge = row["stage"], row["stage_late"], str(Pace(pace).label) if tone else ""
    note = ""
    if badge and late and late != shown:  # under the pointer: a row has no room for two stages
        note = f"{badge} in {labels.get(late, late)}, below {labels.get(shown, shown)}"
    return Drawn(labels.get(shown, shown), badge=badge, badge_tone=tone or "", note=note)
