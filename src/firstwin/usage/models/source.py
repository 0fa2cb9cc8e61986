"""A product, or a part of one, that sends events."""

import secrets

from django.db import models
from django.db.models import Q

from firstwin.people.models import User


class SourceKind(models.TextChoices):
    WEB = "web", "Web pages"
    SERVER = "server", "A server"
    APP = "app", "An app"
    FILES = "files", "Files"


def new_token() -> str:
    """A write key: 32 letters and digits, as clients expect it."""
    return secrets.token_hex(16)


class Source(models.Model):
    """Something that sends events. Its name also names the external ids that it teaches us.

    adds_people: identify calls with a name or an address add people to accounts that are known.
    adds_accounts: group calls with a name open accounts that are not known; else they wait for a person.
    """

    key = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=SourceKind, default=SourceKind.WEB)
    adds_people = models.BooleanField(default=True)
    adds_accounts = models.BooleanField(default=False)
    is_archived = models.BooleanField(default=False)
    edition = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="usage_source_has_a_name")]

    def __str__(self) -> str:
        return self.name


class WriteKey(models.Model):
    """What a client sends to say which source it is. It stands in web pages, so it is no secret: it can add events and
    nothing else, and it can be revoked.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="keys")
    token = models.CharField(max_length=64, unique=True, default=new_token)
    label = models.CharField(max_length=80, blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["source", "made_at"])]

    def __str__(self) -> str:
        return self.label or self.token[:6]
