"""What is folded over days: stays in segments, moves between stages, episodes of risk and opportunity.

Written by the refresh alone. A late fact that changes history adds a restatement: rows that no longer hold get
`restated_at` and stay in the trail.
"""

from django.db import models
from django.db.models import Q

from firstwin.accounts.models import Account
from firstwin.signals.models.kinds import Severity, What


class SegmentStay(models.Model):
    """That an account was in a segment from a day until another (half-open; null: it still is).

    version: of the segment's definition under which it entered.
    is_reconstructed: told later, by going through history: nobody saw its beginning then.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="segment_stays", db_index=False)
    segment = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    entered_on = models.DateField()
    left_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()  # when it was seen
    left_at = models.DateTimeField(null=True, blank=True)
    restated_at = models.DateTimeField(null=True, blank=True)
    is_reconstructed = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["account", "segment"], name="stay_account"),
            models.Index(fields=["segment", "entered_on"], name="stay_segment"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "segment"],
                condition=Q(left_on__isnull=True, restated_at__isnull=True),
                name="stay_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.segment} since {self.entered_on}"


class StageMove(models.Model):
    """That an account came to a stage on a day.

    stage: where it stands below the overlay; overlay: `renewal` within the renewal window, else empty.
    evidence: field key → value (plain data) that decided it.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="stage_moves", db_index=False)
    pipeline = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    stage = models.CharField(max_length=60)
    overlay = models.CharField(max_length=60, blank=True)
    previous = models.CharField(max_length=60, blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    evidence = models.JSONField(default=dict)
    restated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-on", "-id"], name="move_latest"),
            models.Index(fields=["stage", "on"], name="move_stage"),
            # Without their evidence: boards and funnels read the moves of everybody.
            models.Index(
                fields=["account", "on", "id", "pipeline", "stage", "overlay"],
                condition=Q(restated_at__isnull=True),
                name="move_standing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} on {self.on}"


class Episode(models.Model):
    """A risk or an opportunity while it lasts: one open at a time for an account, a detector and a cause.

    cause: what tells two findings of one detector apart (a person's subject, a ticket); empty for most.
    stake_minor: ARR at stake when last looked at, minor units of the installation's currency.
    evidence: what it was found from: field key → value, and rows as {collection, id, words}.
    severity, words, stake_minor, evidence: what it says now.  said_at: since when; null: since it was found first.
    last_on: the last day on which it was found, once it cleared; while it is open that is the day on which its account
    was looked at last (`Refreshed.on`), and this the day since which it says what it says.
    cleared_on: the first day on which it was not found.
    is_reconstructed: told later, by going through history: nobody saw its beginning then.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="episodes", db_index=False)
    detector = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    cause = models.CharField(max_length=120, blank=True)
    what = models.CharField(max_length=11, choices=What)
    severity = models.PositiveSmallIntegerField(choices=Severity)
    words = models.TextField()
    stake_minor = models.BigIntegerField(null=True)
    evidence = models.JSONField(default=dict)
    said_at = models.DateTimeField(null=True, blank=True)
    first_on = models.DateField()
    at = models.DateTimeField()
    last_on = models.DateField()
    cleared_on = models.DateField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    restated_at = models.DateTimeField(null=True, blank=True)
    is_reconstructed = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["account", "detector"], name="episode_account"),
            models.Index(fields=["detector", "first_on"], name="episode_detector"),
            models.Index(
                fields=["what", "-severity", "account"], condition=Q(cleared_on__isnull=True, restated_at__isnull=True),
                name="episode_open",
            ),
            # What cleared lately is few of all there ever was. What is open is not in it, so that its nightly writes
            # cost nothing more.
            models.Index(
                fields=["cleared_on", "account"], condition=Q(cleared_on__isnull=False, restated_at__isnull=True),
                name="episode_cleared",
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["account", "detector", "cause"],
                condition=Q(cleared_on__isnull=True, restated_at__isnull=True),
                name="episode_one_open",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def tone(self) -> str:
        """The tone of its badge on a page."""
        return "accent" if self.what == What.OPPORTUNITY else Severity(self.severity).tone


class EpisodeSaid(models.Model):
    """What an episode says from a day on, until its next row: rows are added, never changed. Of a day the latest counts
    that was known by then.

    on, at: the day it speaks of, and when it was seen, so what was known by then.
    is_reconstructed: told later: nobody kept what it said then.
    """

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="sayings", db_index=False)
    on = models.DateField()
    at = models.DateTimeField()
    severity = models.PositiveSmallIntegerField(choices=Severity)
    words = models.TextField()
    stake_minor = models.BigIntegerField(null=True)
    evidence = models.JSONField(default=dict)
    is_reconstructed = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [models.Index(fields=["episode", "-on", "-at", "-id"], name="said_latest")]

    def __str__(self) -> str:
        return f"{self.on}: {self.words}"
