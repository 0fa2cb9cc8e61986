"""In which order segments are asked: what one speaks of before it, what reads signals after signals are known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from firstwin.core.conditions import Condition, Related, Test, walk
from firstwin.core.conditions.tree import children
from firstwin.core.errors import Refused
from firstwin.core.fields import Vocabulary, vocabulary
from firstwin.signals.kinds.segment import Segment

FIELD = "segments"
_ROOM = "signals"


class Circle(Refused):
    """Segments that speak of each other. keys: of those."""

    def __init__(self, message: str, keys: Sequence[str]) -> None:
        super().__init__(message, field="where")
        self.keys = tuple(dict.fromkeys(keys))


@dataclass(frozen=True)
class Layers:
    """Keys of segments, each after those it speaks of.

    before: those that read no signal, by which experiences are chosen.  after: those that do.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]


def layers(segments: Mapping[str, Any], known: Vocabulary | None = None) -> Layers:
    """segments: by key, parsed or as their `Definition`. Raises Refused for a circle, with its chain."""
    read = {key: segment_of(one) for key, one in segments.items()}
    words = known or vocabulary()
    order = _ordered(read)
    late: set[str] = set()
    for key in order:
        if signals_read(read[key].where, words) or late & set(spoken_of(read[key].where)):
            late.add(key)
    return Layers(tuple(key for key in order if key not in late), tuple(key for key in order if key in late))


def segment_of(one: Any) -> Segment:
    """The segment itself, of itself or of its `Definition`."""
    return one if isinstance(one, Segment) else one.parsed


def spoken_of(tree: Condition | None) -> list[str]:
    """Keys of the segments that a condition asks about, each once."""
    found = (node.value for node in own_nodes(tree) if isinstance(node, Test) and node.field == FIELD)
    words = (word for value in found for word in (value if isinstance(value, tuple) else (value,)))
    return list(dict.fromkeys(word for word in words if isinstance(word, str)))


def signals_read(tree: Condition | None, known: Vocabulary) -> list[str]:
    """Keys of the signals that a condition reads, other than segments, each once."""
    keys = (node.field for node in own_nodes(tree) if isinstance(node, Test) and node.field != FIELD)
    return list(dict.fromkeys(key for key in keys if key in known.fields and known.fields[key].room == _ROOM))


def asks_all(tree: Condition) -> bool:
    """Whether a condition speaks of segments without naming them (“is set”)."""
    return any(isinstance(node, Test) and node.field == FIELD and node.value is None for _, node in walk(tree))


def own_nodes(tree: Condition | None) -> Iterator[Condition]:
    """Nodes about the account itself: rows have fields of their own."""
    if tree is None:
        return
    yield tree
    if not isinstance(tree, Related):
        for _, part in children(tree):
            yield from own_nodes(part)


def _ordered(read: Mapping[str, Segment]) -> list[str]:
    """By key, each after those it speaks of."""
    order: list[str] = []
    for key in sorted(read):
        _visit(key, read, order, ())
    return order


def _visit(key: str, read: Mapping[str, Segment], order: list[str], chain: tuple[str, ...]) -> None:
    if key in chain:
        circle = [*chain[chain.index(key) :], key]
        raise Circle(
            f"Segments go round in a circle: {_said(circle, read)}. Let one of them speak of something else.", circle
        )
    if key in order or key not in read:
        return
    if asks_all(read[key].where):
        raise Circle(f"{read[key].label} asks whether there is any segment, and is one itself: name them.", [key])
    for other in spoken_of(read[key].where):
        _visit(other, read, order, (*chain, key))
    order.append(key)


def _said(chain: Iterable[str], read: Mapping[str, Segment]) -> str:
    return " → ".join(read[key].label for key in chain)
