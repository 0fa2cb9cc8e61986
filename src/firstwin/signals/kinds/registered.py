"""The kinds of definitions of this room. Each is a `DefinitionKind` beside its dataclass; here they become known."""

from firstwin.people.config.kinds import register_kind
from firstwin.signals.kinds import detector_text, experience_text, pipeline_text, scorecard_text, segment_text


def register_all() -> None:
    """Add every kind of this room."""
    register_kind(segment_text.KIND)
    register_kind(experience_text.KIND)
    register_kind(scorecard_text.KIND)
    register_kind(pipeline_text.KIND)
    register_kind(detector_text.KIND)
