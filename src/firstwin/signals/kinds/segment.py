"""A segment: the accounts for which a condition holds. Chosen by needs and goals, not only by money."""

from dataclasses import dataclass

from firstwin.core.conditions import Condition


@dataclass(frozen=True)
class Segment:
    """where: over the vocabulary. It may speak of health, stage and risks unless an experience chooses by it."""

    key: str
    label: str
    where: Condition
    help: str = ""
