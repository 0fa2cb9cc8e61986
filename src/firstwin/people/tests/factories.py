"""Staff for tests. Every value has a default; say only what the test is about."""

import itertools
from datetime import UTC, datetime
from typing import Any

from firstwin.people.models import Team, User
from firstwin.people.roles import Role, Scope

JOINED = datetime(2024, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"
_count = itertools.count(1)


def make_team(name: str = "", *, key: str = "") -> Team:
    n = next(_count)
    return Team.objects.create(key=key or f"team-{n}", name=name or f"Team {n}")


def make_user(
    name: str = "",
    *,
    role: Role = Role.CSM,
    team: Team | None = None,
    scope: Scope | None = None,
    email: str = "",
    password: str | None = None,
    **more: Any,
) -> User:
    n = next(_count)
    return User.objects.create_user(
        email=email or f"user{n}@example.com",
        name=name or f"User {n}",
        joined_at=more.pop("joined_at", JOINED),
        password=password,
        role=role,
        team=team,
        scope=scope,
        **more,
    )
