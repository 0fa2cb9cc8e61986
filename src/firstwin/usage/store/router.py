"""Which database a table stands in: with PostgreSQL all in one, with SQLite the store of usage in a file of its own."""

from typing import Any

from django.conf import settings

STORE = "lake"
"""The app whose tables ingest writes."""

EVENTS = "events" if "events" in settings.DATABASES else "default"
"""The alias of the database they stand in."""


class Router:
    def db_for_read(self, model: Any, **hints: Any) -> str:
        return EVENTS if model._meta.app_label == STORE else "default"

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return bool((one._meta.app_label == STORE) == (other._meta.app_label == STORE))

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == str(EVENTS if app_label == STORE else "default")
