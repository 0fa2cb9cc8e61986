"""What the house itself keeps: schedules, the workers alive, and dated exchange rates."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class Schedule(models.Model):
    """A job that starts by itself: every so many minutes, or once a day at a local time.

    Made from what the rooms register; the time, and whether it is on, may be changed by people and are kept.
    """

    key = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=200)
    task_path = models.CharField(max_length=200)
    every_minutes = models.PositiveIntegerField(null=True, blank=True)
    daily_at = models.TimeField(null=True, blank=True)  # on the installation's own clock
    is_on = models.BooleanField(default=True)
    next_due_at = models.DateTimeField()
    last_started_at = models.DateTimeField(null=True, blank=True)
    last_job = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(every_minutes__gte=1, daily_at__isnull=True)
                | Q(every_minutes__isnull=True, daily_at__isnull=False),
                name="schedule_has_one_rhythm",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def rhythm(self) -> str:
        """`Every 15 minutes`, `Daily at 03:10`."""
        if self.daily_at is not None:
            return f"Daily at {self.daily_at:%H:%M}"
        return "Every minute" if self.every_minutes == 1 else f"Every {self.every_minutes} minutes"


class Lease(models.Model):
    """A worker that is alive: it renews `beat_at` while it runs. What it holds after falling silent is taken back."""

    worker = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker


class Rate(models.Model):
    """On a day, one unit of `base` was worth `rate` of `quote`, according to `source`."""

    on = models.DateField()
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=24, decimal_places=12)
    source = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["base", "quote", "on"], name="rate_one_a_day"),
            models.CheckConstraint(condition=Q(rate__gt=0) & ~Q(base=F("quote")), name="rate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.base}/{self.quote} {self.rate}"
