"""The catalogue of the lake: which immutable files make it up. A file nobody catalogued does not exist."""

from django.db import models
from django.db.models import Q


class Table(models.TextChoices):
    """What a file of the lake holds; the schemas stand in `usage.lake.schema`."""

    EVENTS = "events", "Events"
    KEYS = "keys", "Keys of events"
    ACTOR_BLOCKS = "actor_blocks", "Days on which people were active"
    FEATURE_BLOCKS = "feature_blocks", "Days on which features were used"
    PLACE_DAYS = "place_days", "Events a day"
    FEATURE_DAYS = "feature_days", "Events a day and feature"


class Piece(models.Model):
    """One immutable file. Pieces of a table do not repeat each other; what is retired is deleted after a while.

    name: its path below the folder `lake` of the home.
    day_from, day_to: the first and last day (days since 1970-01-01) of the events in it.
    rolled_at: events only: when its events went into the roll-ups; null: readers roll them up as they read.
    edition: roll-ups only: the edition of the catalogue of features they were made under.
    """

    table = models.CharField(max_length=16, choices=Table)
    name = models.CharField(max_length=120, unique=True)
    level = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    day_from = models.IntegerField()
    day_to = models.IntegerField()
    edition = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField()
    rolled_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["table", "day_from"], condition=Q(retired_at__isnull=True), name="piece_standing"),
            models.Index(fields=["retired_at"], condition=Q(retired_at__isnull=False), name="piece_retired"),
        ]


class Lease(models.Model):
    """Who may do a thing of which only one may be done at a time, and until when."""

    name = models.CharField(max_length=32, primary_key=True)
    holder = models.CharField(max_length=64)
    until_at = models.DateTimeField()


class Touched(models.Model):
    """An account whose usage changed and whose list row does not say so yet: written with the events, taken away when
    the other database knows.
    """

    account = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
