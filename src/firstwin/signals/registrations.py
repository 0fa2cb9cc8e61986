"""What this room brings to the others: registered once, when the app is ready."""


def register() -> None:
    """Kinds of definitions, frame families, fields, published columns, sections, companions, invariants."""
