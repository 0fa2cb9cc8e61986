"""Notes and files: current only, their edits in the audit trail, never read by signals."""

import uuid

from django.db import models

from firstwin.accounts.models.account import Account
from firstwin.accounts.models.kinds import Visibility
from firstwin.people.models import User


class Note(models.Model):
    """Markdown about an account, internal unless said otherwise."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    body = models.TextField()
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.INTERNAL)
    is_pinned = models.BooleanField(default=False)
    edition = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-written_at"])]

    def __str__(self) -> str:
        return f"note {self.pk}"


class File(models.Model):
    """A file kept with an account. Bytes lie under a random name; the shown name is only a label."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="files")
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="files")
    key = models.UUIDField(unique=True, default=uuid.uuid4)
    name = models.CharField(max_length=200)
    content = models.FileField(upload_to="accounts/%Y/%m/")
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    visibility = models.CharField(max_length=8, choices=Visibility, default=Visibility.INTERNAL)
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-uploaded_at"])]

    def __str__(self) -> str:
        return self.name
