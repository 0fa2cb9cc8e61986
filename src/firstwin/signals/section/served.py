"""How an account is served on the day asked about, and why so."""

from collections.abc import Sequence
from dataclasses import dataclass

from firstwin.core.text import counted
from firstwin.signals.kinds.experience import Experience
from firstwin.signals.kinds.experience_text import TOUCH_MODELS
from firstwin.signals.refresh.definitions import Definitions
from firstwin.ui.filters import number


@dataclass(frozen=True)
class Served:
    """why: which rule chose it.  how: what it means for this account, a phrase each."""

    key: str
    label: str
    why: str
    how: Sequence[str]
    help: str


def served_as(segments: Sequence[str], definitions: Definitions) -> Served | None:
    """By the first experience whose segment holds it; None where none does."""
    from firstwin.signals.segments.serving import in_order  # numpy

    passed: list[Experience] = []
    for one in in_order(definitions.experiences):
        if not one.segment or one.segment in segments:
            return Served(one.key, one.label, _why(one, passed, definitions), _how(one), one.help)
        passed.append(one)
    return None


def _why(one: Experience, passed: Sequence[Experience], definitions: Definitions) -> str:
    if not one.segment:
        return "No other experience takes it." if passed else "It serves everybody."
    held = definitions.segments.get(one.segment)
    label = held.parsed.label if held is not None else one.segment
    place = "asked first" if not passed else f"priority {one.priority}; none before it takes this one"
    return f"It is in the segment {label} ({place})."


def _how(one: Experience) -> list[str]:
    models = dict(TOUCH_MODELS)
    told = [models.get(one.touch_model, one.touch_model)]
    told.append(f"contact every {counted(one.cadence_days, 'day')}" if one.cadence_days else "no planned contact")
    told.append(f"silent after {counted(one.silent_days, 'day')}")
    told += [
        f"{name} within {number(hours, 0 if hours == int(hours) else 1)} h"
        for name, hours in one.service_levels.items()
    ]
    if one.skills:
        told.append(f"needs {', '.join(one.skills)}")
    if one.plays:
        told.append(f"plays: {', '.join(one.plays)}")
    return told
