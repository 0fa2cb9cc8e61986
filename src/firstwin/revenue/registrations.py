"""What this room brings to the others: registered once, when the app is ready."""


def register() -> None:
    """Fields, collections, published columns, panels, invariants."""
    from firstwin.revenue import fields, panels, published

    fields.register_all()
    published.register_all()
    panels.register()
