"""What this room brings to the others: registered once, when the app is ready."""


def register() -> None:
    """Fields, collections, published columns, panels, invariants."""
    from firstwin.revenue import dossier, fields, invariants, panels, published
    from firstwin.revenue.actions import products  # noqa: F401  (what can be taken back registers itself)

    fields.register_all()
    published.register_all()
    invariants.register_all()
    dossier.register_all()
    panels.register()
