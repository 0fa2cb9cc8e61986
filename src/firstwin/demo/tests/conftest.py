"""One small Fernhill for all tests of a module, taken back at its end."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from firstwin.core import clock
from firstwin.demo.load import Loaded, load
from firstwin.usage.store.router import EVENTS

ACCOUNTS = 60
PASSWORD = "walnut-river-ember-42"


@pytest.fixture(scope="module")
def fernhill(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """A company of sixty customers that ends today."""
    with django_db_blocker.unblock(), transaction.atomic(using=EVENTS), transaction.atomic():
        yield load(seed=7, as_of=clock.today(), accounts=ACCOUNTS, password=PASSWORD, now=clock.now())
        transaction.set_rollback(True, using=EVENTS)
        transaction.set_rollback(True)


@pytest.fixture
def now() -> datetime:
    return clock.now()
