"""What a staff user may do (role) and whose accounts they see (scope)."""

from typing import Protocol

from django.db import models


class Role(models.TextChoices):
    VIEWER = "viewer", "Viewer"
    CSM = "csm", "CSM"
    MANAGER = "manager", "Manager"
    OPERATIONS = "operations", "Operations"
    ADMIN = "admin", "Admin"


class Scope(models.TextChoices):
    OWN = "own", "Own book"
    TEAM = "team", "Team"
    ALL = "all", "All accounts"


DEFAULT_SCOPE: dict[str, Scope] = {
    Role.VIEWER: Scope.ALL,
    Role.CSM: Scope.OWN,
    Role.MANAGER: Scope.TEAM,
    Role.OPERATIONS: Scope.ALL,
    Role.ADMIN: Scope.ALL,
}

MEANS: dict[str, str] = {
    Role.VIEWER: "Reads. Changes nothing but their own settings.",
    Role.CSM: "Works with accounts: edits them, logs touches, keeps people and notes.",
    Role.MANAGER: "As a CSM, for the whole team.",
    Role.OPERATIONS: "As a manager, everywhere; sets up fields, imports and views, reads the audit trail.",
    Role.ADMIN: "Everything, including people and mail.",
}


class _Scoped(Protocol):
    role: str
    scope: str | None


def scope_of(user: _Scoped) -> Scope:
    """Whose accounts `user` sees: the role's default unless an admin set another for this person."""
    return Scope(user.scope) if user.scope else DEFAULT_SCOPE[user.role]
