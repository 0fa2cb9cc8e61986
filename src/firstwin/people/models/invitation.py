from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models

from firstwin.people.models.team import Team
from firstwin.people.roles import Role


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_at(self, moment: datetime) -> Self:
        return self.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=moment)


class Invitation(models.Model):
    """A link that lets one person join once. Only the digest of its token is kept."""

    token_digest = models.CharField(max_length=64, unique=True)
    email = models.EmailField()  # folded
    name = models.CharField(max_length=200, blank=True, default="")
    role = models.CharField(max_length=12, choices=Role)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations"
    )  # null: made on the command line
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"invitation of {self.email}"

    def is_open_at(self, moment: datetime) -> bool:
        return self.used_at is None and self.revoked_at is None and moment < self.expires_at
