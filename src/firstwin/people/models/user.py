import uuid
from datetime import datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from firstwin.core.text import fold
from firstwin.people.models.team import Team
from firstwin.people.roles import Role, Scope


class Theme(models.TextChoices):
    SYSTEM = "system", "As the system"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class Density(models.TextChoices):
    NORMAL = "normal", "Normal"
    COMPACT = "compact", "Compact"


class UserQuerySet(models.QuerySet["User"]):
    def enabled(self) -> Self:
        return self.filter(disabled_at__isnull=True)

    def disabled(self) -> Self:
        return self.filter(disabled_at__isnull=False)

    def by_email(self, email: str) -> Self:
        return self.filter(email=fold(email))


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def enabled(self) -> UserQuerySet:
        return self.get_queryset().enabled()

    def disabled(self) -> UserQuerySet:
        return self.get_queryset().disabled()

    def by_email(self, email: str) -> UserQuerySet:
        return self.get_queryset().by_email(email)

    def create_user(
        self, *, email: str, name: str, joined_at: datetime, password: str | None = None, **more: Any
    ) -> "User":
        """A staff user; without a password they can sign in only once they have set one through a link."""
        user = self.model(email=fold(email), name=name, joined_at=joined_at, **more)
        user.set_password(password)  # None sets one that nothing matches
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=fold(username or ""))


class User(AbstractBaseUser):
    """A member of staff. Users are disabled, never deleted: the trail and the past refer to them."""

    email = models.EmailField(unique=True)  # folded, so one mailbox is one user however it is typed
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=12, choices=Role, default=Role.CSM)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    scope = models.CharField(max_length=8, choices=Scope, null=True, blank=True)  # null: the role's default
    subject = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # stands for them in event data
    time_zone = models.CharField(max_length=64, blank=True, default="")  # empty: the installation's
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(max_length=8, choices=Density, default=Density.NORMAL)
    shortcuts_on = models.BooleanField(default=True)
    joined_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)
    session_epoch = models.PositiveIntegerField(default=0)  # raised to end every session at once

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
            models.CheckConstraint(
                condition=models.Q(scope__isnull=True) | models.Q(scope__in=Scope.values),
                name="user_scope_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Django's word for it: whether the sign-in machinery lets them in."""
        return self.disabled_at is None

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone or settings.TIME_ZONE)

    def get_full_name(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """Sessions carry this and end when it changes: raising the epoch signs a person out everywhere."""
        return f"{super().get_session_auth_hash()}.{self.session_epoch}"
