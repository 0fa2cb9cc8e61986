"""The kinds of definitions of this room. Each is a `DefinitionKind` beside its dataclass; here they become known."""

from firstwin.people.config.kinds import register_kind
from firstwin.signals.kinds import scorecard_text


def register_all() -> None:
    """Add every kind of this room."""
    register_kind(scorecard_text.KIND)
