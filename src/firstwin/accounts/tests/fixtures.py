"""The three roles every story is told with, and an account to tell it about."""

from datetime import UTC, datetime

import pytest

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account
from firstwin.people.models import User
from firstwin.people.roles import Role, Scope
from firstwin.people.tests.factories import make_team, make_user

NOW = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)


@pytest.fixture
def owner(db: None) -> User:
    """A CSM who sees their own book."""
    return make_user("Ada Okafor", role=Role.CSM, team=make_team("North"), scope=Scope.OWN)


@pytest.fixture
def teammate(owner: User) -> User:
    """A CSM of the same team who sees the team's accounts."""
    return make_user("Mina Ruiz", role=Role.CSM, team=owner.team, scope=Scope.TEAM)


@pytest.fixture
def stranger(db: None) -> User:
    """A CSM of another team who sees their own book only."""
    return make_user("Tom Sato", role=Role.CSM, team=make_team("South"), scope=Scope.OWN)


@pytest.fixture
def operations(db: None) -> User:
    return make_user("Ola Berg", role=Role.OPERATIONS)


@pytest.fixture
def viewer(db: None) -> User:
    """Reads everything, changes nothing."""
    return make_user("Vera Lind", role=Role.VIEWER)


@pytest.fixture
def acme(owner: User) -> Account:
    return open_account(by=owner, name="Acme", now=NOW, domains=["acme.example"])
