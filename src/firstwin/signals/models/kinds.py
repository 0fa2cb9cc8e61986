"""The words of signals."""

from django.db import models


class Band(models.TextChoices):
    """Half-open bands of a score; `unknown` where too little is known to say."""

    RED = "red", "Red"
    AMBER = "amber", "Amber"
    GREEN = "green", "Green"
    UNKNOWN = "unknown", "Unknown"

    @property
    def tone(self) -> str:
        """The tone of its mark on a page."""
        return {Band.GREEN: "good", Band.AMBER: "watch", Band.RED: "risk"}.get(self, "none")


class Level(models.TextChoices):
    """What an override replaces."""

    MEASURE = "measure", "One measure"
    GROUP = "group", "A group"
    OVERALL = "overall", "The score"


class Mood(models.TextChoices):
    """How a success manager feels about an account."""

    GOOD = "good", "Good"
    WATCH = "watch", "Unsure"
    RISK = "risk", "Worried"


class Pace(models.TextChoices):
    """How an account moves through its stage."""

    ON_TRACK = "on_track", "On track"
    BEHIND = "behind", "Behind"
    STUCK = "stuck", "Stuck"
    PAUSED = "paused", "Paused"

    @property
    def tone(self) -> str:
        """The tone of its mark on a page."""
        return {Pace.ON_TRACK: "good", Pace.BEHIND: "watch", Pace.STUCK: "risk"}.get(self, "none")


class What(models.TextChoices):
    """What a detector finds."""

    RISK = "risk", "Risk"
    OPPORTUNITY = "opportunity", "Opportunity"


class Severity(models.IntegerChoices):
    LOW = 1, "Low"
    MEDIUM = 2, "Medium"
    HIGH = 3, "High"

    @property
    def tone(self) -> str:
        """The tone of its badge on a page."""
        return {Severity.HIGH: "risk", Severity.MEDIUM: "watch"}.get(self, "none")


class PassKind(models.TextChoices):
    NIGHTLY = "nightly", "Nightly"
    REPLAY = "replay", "Replay"
