"""The kinds of definitions of this room. Each is a `DefinitionKind` beside its dataclass; here they become known."""


def register_all() -> None:
    """Add every kind of this room."""
