"""What this room brings to the others: registered once, when the app is ready."""

from firstwin.signals import fields
from firstwin.signals.kinds.registered import register_all


def register() -> None:
    """Kinds of definitions, frame families, fields, published columns, sections, companions, invariants."""
    register_all()
    fields.register_all()
