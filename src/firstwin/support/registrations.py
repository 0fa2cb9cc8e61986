"""What this room brings to the others: registered once, when the app is ready."""

from firstwin.support import fields, invariants, panels, published


def register() -> None:
    """Fields, collections, published columns, panels, invariants."""
    fields.register_all()
    published.register_all()
    invariants.register_all()
    panels.register()
