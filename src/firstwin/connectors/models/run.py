"""The imports that were run: what was read, and what came of it."""

from typing import Self

from django.db import models

from firstwin.people.models import User


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def applied(self) -> Self:
        """Runs that wrote facts to their end."""
        return self.filter(is_dry_run=False, finished_at__isnull=False)

    def interrupted(self) -> Self:
        """Runs that began and never ended: running now, or killed. Running the same import again completes them."""
        return self.filter(finished_at__isnull=True)


class ImportRun(models.Model):
    """One run of a mapping over its files.

    files: one object per file: name, file name, sha256, encoding, delimiter, counts, warnings (see `report`).
    """

    source = models.CharField(max_length=64)
    mapping_name = models.CharField(max_length=200)
    mapping_sha256 = models.CharField(max_length=64)
    files = models.JSONField(default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    is_dry_run = models.BooleanField(default=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    objects = ImportRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["source", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"
