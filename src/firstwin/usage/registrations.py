"""What this room brings to the others: registered once, when the app is ready."""

from firstwin.usage import fields, navigation, panels, published
from firstwin.usage.compact import companion as compactor
from firstwin.usage.lake import registered as lake


def register() -> None:
    """Fields, published columns, sections, invariants, companions of the worker, folders of the backup."""
    fields.register_all()
    published.register_all()
    lake.register()
    compactor.register()
    navigation.register()
    panels.register()
