"""What this room brings to the others: registered once, when the app is ready."""


def register() -> None:
    """Fields, published columns, sections, invariants, companions of the worker, folders of the backup."""
