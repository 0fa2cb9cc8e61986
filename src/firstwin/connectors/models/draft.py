"""An import somebody prepares step by step: the files they sent, the mapping so far, the last dry run."""

import uuid
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models

from firstwin.connectors.models.run import ImportRun
from firstwin.people.models import User


class ImportDraftQuerySet(models.QuerySet["ImportDraft"]):
    def of(self, user: User) -> Self:
        """A draft belongs to the person who began it; nobody else sees its files."""
        return self.filter(by=user)


class ImportDraft(models.Model):
    """Kept after every step, so that a reload, the way back and another day find it as it was left.

    files: one object per file: name (in the mapping), file (as its owner called it), stored (our own name for it in
    the draft's folder), size, sha256, encoding, kind, and what its owner chose instead of what was detected.
    mapping_text: the mapping as YAML, the only place it stands.  dry_of: digest of what the dry run looked at.
    turn: the latest change a form told, "<page>:<number>": an earlier one that arrives after it is let go.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=64, blank=True, default="")
    files = models.JSONField(default=list)
    mapping_text = models.TextField(blank=True, default="")
    mapping_name = models.CharField(max_length=200, blank=True, default="")
    again_of = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    dry_run = models.ForeignKey(ImportRun, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    dry_of = models.CharField(max_length=64, blank=True, default="")
    turn = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    objects = ImportDraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["by", "-changed_at"], name="draft_of_person")]

    def __str__(self) -> str:
        return f"draft of {self.by_id} {self.made_at:%Y-%m-%d %H:%M}"

    @property
    def folder(self) -> Path:
        """Where its files are: named by us, so nothing a browser says can lead elsewhere."""
        return Path(settings.ENV.home) / "imports" / "drafts" / str(self.key)

    def path_of(self, file: dict[str, Any]) -> Path:
        return self.folder / Path(str(file["stored"])).name

    def file_called(self, name: str) -> dict[str, Any] | None:
        return next((file for file in self.files if file["name"] == name), None)
