"""The rows depend on seed, end day and what was there; on nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from firstwin.accounts.models import Account, AccountNow
from firstwin.core import clock
from firstwin.demo.load import load
from firstwin.demo.tests.conftest import PASSWORD
from firstwin.usage.store.router import EVENTS

# What says when it was written or how a password was salted; everything else must be equal.
APPS = ("people", "accounts", "revenue", "support")
_CLOCKED = {"password", "refreshed_at", "sealed_at"}


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic(using=EVENTS), transaction.atomic():
        yield
        transaction.set_rollback(True, using=EVENTS)
        transaction.set_rollback(True)


def rows() -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            names = [f.attname for f in model._meta.concrete_fields if f.attname not in _CLOCKED]
            found[model.__name__] = list(model._default_manager.order_by("pk").values_list(*names))
    return found


def number_from_the_start() -> None:
    """PostgreSQL's numbering goes on after a rollback; SQLite's does not."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models()]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


@pytest.mark.django_db
def test_the_same_seed_and_day_give_the_same_rows_at_any_hour() -> None:
    as_of, now = clock.today() - timedelta(days=3), clock.now()
    found = []
    for later in (timedelta(0), timedelta(minutes=1)):
        with taken_back():
            number_from_the_start()
            load(seed=3, as_of=as_of, accounts=25, password=PASSWORD, now=now - timedelta(minutes=2) + later)
            found.append(rows())
    assert found[0] == found[1]


@pytest.mark.django_db
def test_the_demo_can_stand_beside_other_accounts() -> None:
    for _ in range(2):
        load(seed=7, as_of=clock.today(), accounts=30, password=PASSWORD, now=clock.now())
    assert Account.objects.count() == AccountNow.objects.count() == 60
    connection.check_constraints()
