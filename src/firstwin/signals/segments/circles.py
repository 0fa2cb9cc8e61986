"""Segments that would have to be known before they are worked out.

An experience is chosen by a segment, and health, stage and risks come of the experience. So a segment that reads one
of those cannot choose an experience, and no scorecard and no pipeline may ask about it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from firstwin.core.errors import Refused
from firstwin.core.fields import Vocabulary, vocabulary
from firstwin.people.config.kinds import Misfit, Reference, kinds
from firstwin.signals.kinds.segment import Segment
from firstwin.signals.segments.layers import layers, signals_read, spoken_of

_EARLY = ("experience", "scorecard", "pipeline")
"""Kinds that are asked before signals are known."""


def circles(everything: Mapping[str, Mapping[str, Any]]) -> Iterator[Misfit]:
    """One per use of a segment that comes too late for it. everything: parsed, by kind and key."""
    segments: Mapping[str, Segment] = everything.get("segment", {})
    known = vocabulary()
    try:
        late = set(layers(segments, known).after)
    except Refused:  # told by the segments themselves
        return
    for kind in kinds():
        if kind.key not in _EARLY:
            continue
        for own, one in everything.get(kind.key, {}).items():
            uses = {ref.key: ref.path for ref in kind.references(one) if ref.kind == "segment" and ref.key in late}
            for key, path in uses.items():
                steps, words = chain(key, segments, known)
                said = f"{kind.label} {one.label} depends on {words}, {_WHY[kind.key]}: use another segment there."
                links = (Reference("segment", step, "where") for step in steps)
                yield Misfit(said, (Reference(kind.key, own, path), *links))


_WHY = {
    "experience": "which is known only after the experience is chosen",
    "scorecard": "which is known only after the score is",
    "pipeline": "which is known only after the stage is",
}


def chain(key: str, segments: Mapping[str, Segment], known: Vocabulary) -> tuple[list[str], str]:
    """How a segment comes to read a signal: (keys of the segments, “the segment A → B → health”)."""
    steps = [key]
    while not (read := signals_read(segments[key].where, known)):
        late = set(layers(segments, known).after)
        key = next(other for other in spoken_of(segments[key].where) if other in late)
        steps.append(key)
    return steps, f"the segment {' → '.join([*(segments[step].label for step in steps), _label(read, known)])}"


def _label(read: Iterable[str], known: Vocabulary) -> str:
    return known.field(next(iter(read))).label.lower()
