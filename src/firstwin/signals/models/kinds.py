"""The words of signals."""

from django.db import models


class Band(models.TextChoices):
    """Half-open bands of a score; `unknown` where too little is known to say."""

    RED = "red", "Red"
    AMBER = "amber", "Amber"
    GREEN = "green", "Green"
    UNKNOWN = "unknown", "Unknown"


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


class What(models.TextChoices):
    """What a detector finds."""

    RISK = "risk", "Risk"
    OPPORTUNITY = "opportunity", "Opportunity"


class Severity(models.IntegerChoices):
    LOW = 1, "Low"
    MEDIUM = 2, "Medium"
    HIGH = 3, "High"


class PassKind(models.TextChoices):
    NIGHTLY = "nightly", "Nightly"
    REPLAY = "replay", "Replay"
