"""What this room brings to the others: registered once, when the app is ready."""

from firstwin.usage import navigation, panels
from firstwin.usage.lake import registered as lake


def register() -> None:
    """Fields, published columns, sections, invariants, companions of the worker, folders of the backup."""
    lake.register()
    navigation.register()
    panels.register()
