"""How the lake is kept."""

from django.db import models


class LakeSetting(models.Model):
    """One row: what the operator says about the lake.

    retention_days: events older than this are deleted, with the roll-ups made of them; null keeps everything.
    """

    only = models.BooleanField(primary_key=True, default=True)
    retention_days = models.PositiveIntegerField(null=True, blank=True)
    largest_inbox_mb = models.PositiveIntegerField(default=2_048)
    most_names = models.PositiveIntegerField(default=5_000)
    edition = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"kept {self.retention_days} days" if self.retention_days else "kept for ever"
