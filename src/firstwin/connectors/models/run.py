"""The imports that were run: what was read, and what came of it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from firstwin.people.models import User

UNDO_FOR = timedelta(days=30)
"""How long a run can be undone. Its files and its journal are kept as long."""


class State(models.TextChoices):
    """staged: its files are safe on disk. checking: they are read against the mapping. stopped: by a person."""

    STAGED = "staged", "Waiting"
    CHECKING = "checking", "Checking"
    RUNNING = "running", "Running"
    STOPPED = "stopped", "Stopped"
    FINISHED = "finished", "Finished"
    FAILED = "failed", "Failed"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"


AHEAD = (State.STAGED, State.CHECKING, State.RUNNING)
"""States that lead on by themselves: somebody works on it, or the schedule takes it up."""

RESUMABLE = (*AHEAD, State.STOPPED, State.FAILED)
UNDOABLE = (State.STAGED, State.CHECKING, State.RUNNING, State.STOPPED, State.FAILED, State.FINISHED, State.UNDOING)


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def applied(self) -> Self:
        """Runs that wrote facts to their end, and whose facts stand."""
        return self.filter(is_dry_run=False, state=State.FINISHED)

    def interrupted(self) -> Self:
        """Runs that began and never ended: at work now, or killed."""
        return self.filter(state__in=[*AHEAD, State.UNDOING])

    def silent_since(self, moment: datetime) -> Self:
        """Runs that should be at work and have not been heard of since: what held them is gone."""
        return self.interrupted().filter(Q(beat_at__isnull=True) | Q(beat_at__lt=moment))


class ImportRun(models.Model):
    """One run of a mapping over its files.

    files: one object per file: name, file name, sha256, encoding, delimiter, counts, warnings, faults (see `report`).
    cursor: how far it has come; moved in the transaction of each slice (see `slices.Cursor`).
    holder, beat_at: who works on it and was last heard of when; a slice of anybody else does not commit.
    worked: seconds at work so far.  rows_total: rows of all files, a guess until it is finished.
    rejects_in: the folder of rejected rows.  stage_gone_at: when its files and its journal were cleared away.
    undo: what undoing it did: rows deleted and restored per table, and what was kept and why.
    """

    source = models.CharField(max_length=64)
    mapping_name = models.CharField(max_length=200)
    mapping_sha256 = models.CharField(max_length=64)
    mapping_text = models.TextField(blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.STAGED)
    problem = models.TextField(blank=True, default="")
    files = models.JSONField(default=list)
    cursor = models.JSONField(default=dict)
    holder = models.CharField(max_length=32, blank=True, default="")
    beat_at = models.DateTimeField(null=True, blank=True)
    progress = models.FloatField(default=0.0)
    worked = models.FloatField(default=0.0)
    rows_total = models.PositiveBigIntegerField(null=True, blank=True)
    rejects_in = models.CharField(max_length=1000, blank=True, default="")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    is_dry_run = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undo = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stage_gone_at = models.DateTimeField(null=True, blank=True)
    objects = ImportRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["source", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def folder(self) -> Path:
        """Where its stage is; also its rejected rows, unless another folder was asked for."""
        return Path(settings.ENV.home) / "imports" / str(self.pk)

    @property
    def stage(self) -> Path:
        return self.folder / "stage"

    @property
    def rows_read(self) -> int:
        return sum(int(file.get("counts", {}).get("read", 0)) for file in self.files)

    @property
    def seconds_left(self) -> int | None:
        """A guess from the pace so far; None before there is one, or when nothing is at work."""
        if self.state not in (State.RUNNING, State.UNDOING) or not 0.01 <= self.progress < 1:
            return None
        return round(self.worked * (1 - self.progress) / self.progress)

    @property
    def undo_until(self) -> datetime | None:
        """The last moment at which it can be undone; None when it cannot."""
        if self.is_dry_run or self.state not in UNDOABLE or self.stage_gone_at or not self.mapping_text:
            return None
        return (self.finished_at or self.beat_at or self.started_at) + UNDO_FOR

    @property
    def kept(self) -> list[dict[str, Any]]:
        """What undoing it left as it is, and why."""
        return list(self.undo.get("kept", []))
