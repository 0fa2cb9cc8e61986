"""What operations configure, as text, in versions: segments, scorecards, stages and whatever else rooms register."""

from typing import ClassVar

from django.db import models

from firstwin.people.models.user import User

SHIPPED = "Ships with Firstwin"
"""The note of what came with the product; other versions without an author were written by the command line."""


class ConfigVersion(models.Model):
    """One version of one definition. Never changed: an edit, a removal and a rollback each add the next version.

    kind, key: what is defined; other definitions refer to it by its key, so its label may change freely.
    text: YAML in canonical form, without kind and key. Empty in a version that removes the definition.
    author: nobody for what ships with the product.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    is_removed = models.BooleanField(default=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key", "number"], name="config_version_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="config_version_counts_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} v{self.number}"

    @property
    def written_by(self) -> str:
        if self.author is not None:
            return self.author.name
        return "Firstwin" if self.note == SHIPPED else "Command line"


class ConfigDraft(models.Model):
    """What somebody tries before publishing it: one draft of a definition, current only.

    based_on: the version it began from; 0 for a new definition.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=60)
    text = models.TextField()
    based_on = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key", "author"], name="config_draft_once"),
        ]

    def __str__(self) -> str:
        return f"draft of {self.kind} {self.key}"
