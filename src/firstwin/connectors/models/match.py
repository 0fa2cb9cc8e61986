"""Rows that may mean a record we know: they wait for a person."""

from typing import Self

from django.db import models

from firstwin.connectors.models.run import ImportRun, State
from firstwin.people.models import User


class MatchState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SAME = "same", "The same"
    NEW = "new", "A new record"
    IGNORED = "ignored", "Ignored"


class MatchCaseQuerySet(models.QuerySet["MatchCase"]):
    def waiting(self) -> Self:
        """Those to decide. What an undone import asked is no question any more."""
        return self.filter(state=MatchState.WAITING).exclude(run__state=State.UNDONE)


class MatchCase(models.Model):
    """A row of `source` that may mean one of `candidates`.

    kind: accounts or people.  feed: the file of the mapping.  header, cells: the row as it stood there.
    said: what it says, in words, by field.
    candidates: [{id, confidence, reasons}], the best first.  best: its confidence.
    target: the record it was decided to be.  decided_run: the import in which the row was then taken in.
    """

    source = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    external_id = models.CharField(max_length=255)
    feed = models.CharField(max_length=60)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="+")
    line = models.PositiveBigIntegerField()
    header = models.JSONField(default=list)
    cells = models.JSONField(default=list)
    said = models.JSONField(default=dict)
    candidates = models.JSONField(default=list)
    best = models.FloatField(default=0.0)
    state = models.CharField(max_length=8, choices=MatchState, default=MatchState.WAITING)
    target = models.PositiveBigIntegerField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_run = models.PositiveBigIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField()
    objects = MatchCaseQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "-best", "id"], name="match_queue")]
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "external_id"], name="match_case_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"
