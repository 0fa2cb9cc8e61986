"""The store of usage stands in a database of its own beside SQLite, and in the one database of PostgreSQL."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connections

from firstwin.usage.store.models import Lease
from firstwin.usage.store.router import EVENTS

pytestmark = pytest.mark.django_db


def test_its_tables_stand_where_ingest_keeps_nobody_waiting() -> None:
    Lease.objects.create(name="compactor", holder="me", until_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert "lake_lease" in connections[EVENTS].introspection.table_names()
    is_apart = connections["default"].vendor == "sqlite"
    assert ("lake_lease" not in connections["default"].introspection.table_names()) == is_apart
    assert ("events" in settings.DATABASES) == is_apart
    assert Lease.objects.get().holder == "me"
