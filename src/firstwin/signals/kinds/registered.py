"""The kinds of definitions of this room. Each is a `DefinitionKind` beside its dataclass; here they become known."""

from firstwin.people.config.kinds import register_kind
from firstwin.signals.kinds import detector_text, experience_text, pipeline_text, scorecard_text, segment_text
from firstwin.signals.studio.hooks import with_hooks


def register_all() -> None:
    """Add every kind of this room."""
    for kind in (
        segment_text.KIND,
        experience_text.KIND,
        scorecard_text.KIND,
        pipeline_text.KIND,
        detector_text.KIND,
    ):
        register_kind(with_hooks(kind))
