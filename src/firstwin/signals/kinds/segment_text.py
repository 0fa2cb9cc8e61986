"""A segment as text.

label: Young and quiet
help: New customers that nobody uses yet.
where:
  - {field: paying_since, op: in_last, value: 90}
  - {field: people_active_28, op: lt, value: 3}
"""

from collections.abc import Iterable, Mapping
from typing import Any

from firstwin.core.conditions import Condition, Test, dump
from firstwin.core.conditions.values import ME
from firstwin.core.fields import Kind, Vocabulary, vocabulary
from firstwin.core.text import fold
from firstwin.people.config.kinds import DefinitionKind, Misfit, Reference
from firstwin.people.config.reading import Reader
from firstwin.signals.kinds.pipeline_text import segments_named
from firstwin.signals.kinds.segment import Segment
from firstwin.signals.kinds.shipped import shipped
from firstwin.signals.segments.layers import Circle, layers, own_nodes

KEY = "segment"


def parse(key: str, body: Mapping[str, Any]) -> Segment:
    """Raises Refused with the path of the first fault."""
    reader, known = Reader(body), vocabulary()
    label, where = reader.text("label", most=60), reader.condition("where", known)
    if asks_me(where, known):
        raise reader.refused("where", "A segment is the same whoever looks: name the person instead of “me”.")
    segment = Segment(key=key, label=label, where=where, help=reader.text("help", ""))
    reader.done()
    return segment


def asks_me(tree: Condition, known: Vocabulary) -> bool:
    """Whether a condition depends on who asks."""
    return any(
        isinstance(node, Test) and known.field(node.field).kind is Kind.PERSON and ME in _words(node.value)
        for node in own_nodes(tree)
    )


def _words(value: Any) -> list[str]:
    values = value if isinstance(value, tuple) else (value,)
    return [fold(one) for one in values if isinstance(one, str)]


def dumped(segment: Segment) -> dict[str, Any]:
    """The body again; `parse` gives the same segment back."""
    told: dict[str, Any] = {"label": segment.label}
    if segment.help:
        told["help"] = segment.help
    where = dump(segment.where)
    return told | {"where": where.get("all", where)}


def references(segment: Segment) -> Iterable[Reference]:
    """The segments and experiences its condition names."""
    return segments_named(segment.where, "where")


def check(everything: Mapping[str, Mapping[str, Any]]) -> Iterable[Misfit]:
    """A circle of segments, with its chain."""
    try:
        layers(everything.get(KEY, {}))
    except Circle as circle:
        yield Misfit(circle.message, tuple(Reference(KEY, key, "where") for key in circle.keys))


KIND = DefinitionKind(
    key=KEY,
    label="Segment",
    plural="Segments",
    parse=parse,
    order=10,
    references=references,
    shipped=lambda: shipped(KEY),
    check=check,
)
