from typing import Self

from django.conf import settings
from django.db import models


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def awaiting_digest(self) -> Self:
        return self.filter(in_digest=True, digested_at__isnull=True)


class Notice(models.Model):
    """Something one person wanted to be told, shown in the app, in their daily digest, or both."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=64)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True, default="")  # a path of ours
    made_at = models.DateTimeField()
    in_app = models.BooleanField()
    in_digest = models.BooleanField()
    read_at = models.DateTimeField(null=True, blank=True)
    digested_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_latest_of_user"),
            models.Index(
                fields=["user"],
                name="notice_awaiting_digest",
                condition=models.Q(in_digest=True, digested_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.text
