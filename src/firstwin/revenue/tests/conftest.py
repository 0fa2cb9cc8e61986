"""A second account, owned by somebody else."""

import pytest

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account
from firstwin.accounts.tests.fixtures import NOW
from firstwin.people.models import User


@pytest.fixture
def beta(stranger: User) -> Account:
    return open_account(by=stranger, name="Beta", now=NOW)
