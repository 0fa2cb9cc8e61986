"""What people judge: facts, like everything that is typed. They stand beside what is computed and never replace it."""

import uuid

from django.db import models
from django.db.models import Q

from firstwin.accounts.models import Account
from firstwin.core.facts import Fact, FactQuerySet, PeriodFact, PeriodQuerySet
from firstwin.people.models import User
from firstwin.signals.models.kinds import Level, Mood


class Override(Fact):
    """That a person says what a measure, a group or a whole score should count as, until a day, and why.

    target: key of the measure or group; empty for the score itself.  expires_on: the first day it no longer holds.
    Taken back: the row stands down (`known_until`).
    """

    key = models.UUIDField(default=uuid.uuid4, db_index=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="overrides")
    scorecard = models.CharField(max_length=60)
    level = models.CharField(max_length=8, choices=Level)
    target = models.CharField(max_length=60, blank=True)
    points = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    expires_on = models.DateField()
    objects = FactQuerySet["Override"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "scorecard"])]
        constraints = [
            models.CheckConstraint(condition=Q(points__lte=100), name="override_points"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
            models.CheckConstraint(condition=Q(expires_on__gt=models.F("starts_on")), name="override_days"),
            models.UniqueConstraint(
                fields=["account", "scorecard", "level", "target"],
                condition=Q(known_until__isnull=True),
                name="override_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard} {self.target or 'score'} = {self.points}"


class Pulse(Fact):
    """How the success manager feels about an account, with reasons. Valid for 90 days; a later one replaces it.

    reasons: words of `signals.pulses.REASONS`.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="pulses")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    mood = models.CharField(max_length=5, choices=Mood)
    reasons = models.JSONField(default=list)
    comment = models.CharField(max_length=500, blank=True)
    occurred_at = models.DateTimeField()
    objects = FactQuerySet["Pulse"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-occurred_at"], name="pulse_latest")]

    def __str__(self) -> str:
        return self.mood


class StagePause(PeriodFact):
    """That the clock of an account's stage stands still, and why."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="stage_pauses")
    reason = models.CharField(max_length=300)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    objects = PeriodQuerySet["StagePause"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "valid_from"])]
        constraints = [
            PeriodFact.order_constraint("stage_pause_period"),
            models.UniqueConstraint(
                fields=["account"], condition=Q(known_until__isnull=True, valid_to__isnull=True),
                name="stage_pause_one_open",
            ),
        ]  # fmt: skip


class Dismissal(Fact):
    """That a person put a finding aside: as a false alarm, which counts against its detector, or as known.

    finding: id of the episode.  until_on: the first day it may come back (null: when it was cleared in between).
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="dismissals")
    finding = models.ForeignKey("signals.Episode", on_delete=models.PROTECT, related_name="dismissals")
    is_false_alarm = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    until_on = models.DateField(null=True, blank=True)
    objects = FactQuerySet["Dismissal"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["account"])]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(known_until__isnull=True), name="dismissal_stands_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{'false alarm' if self.is_false_alarm else 'put aside'}: {self.reason}"
