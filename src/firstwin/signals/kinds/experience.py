"""An experience: how the accounts of a segment are served."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Experience:
    """segment: key; empty: every account that no other experience takes.

    priority: of the experiences whose segment holds an account, the one with the lowest number serves it.
    touch_model: high, pooled or digital.  cadence_days: between planned contacts; None: none is planned.
    silent_days: without two-way contact an account counts as silent after so many days.
    service_levels: name → hours.  plays, skills: keys and words.  layout: keys of the sections of the account page.
    scorecards: keys; the first is the primary one.  pipeline: key.
    """

    key: str
    label: str
    priority: int
    segment: str = ""
    touch_model: str = "pooled"
    cadence_days: int | None = None
    silent_days: int = 30
    skills: tuple[str, ...] = ()
    plays: tuple[str, ...] = ()
    service_levels: Mapping[str, float] = field(default_factory=dict)
    scorecards: tuple[str, ...] = ("default",)
    pipeline: str = "default"
    layout: tuple[str, ...] = ()
    help: str = ""
