from django.conf import settings
from django.db import models


class Undo(models.Model):
    """How to take back one thing a person just did. Used at most once, by that person, within the hour."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="undos")
    verb = models.CharField(max_length=64)
    payload = models.JSONField()
    says = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-made_at"], name="undo_latest_of_user")]

    def __str__(self) -> str:
        return self.says
