"""What this room brings to the others: registered once, when the app is ready."""

from firstwin.signals import dossier, fields, invariants, merging, navigation, panels, published
from firstwin.signals.actions import (  # noqa: F401  (what can be taken back registers itself)
    dismiss,
    override,
    pause_stage,
)
from firstwin.signals.actions import pulse as given  # noqa: F401
from firstwin.signals.frame import pulse
from firstwin.signals.kinds.registered import register_all
from firstwin.signals.ledger import family
from firstwin.signals.refresh import companion
from firstwin.signals.segments import entries


def register() -> None:
    """Kinds of definitions, frame families, fields, published columns, sections, companions, invariants."""
    register_all()
    fields.register_all()
    pulse.register_all()
    family.register_all()
    published.register_all()
    merging.register_rules()
    companion.register()
    invariants.register_all()
    dossier.register_chapters()
    entries.register_all()
    navigation.register()
    panels.register()
