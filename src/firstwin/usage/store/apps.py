from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Tables that ingest writes: on SQLite they stand in a file of their own, so that it never keeps people waiting."""

    name = "firstwin.usage.store"
    label = "lake"
