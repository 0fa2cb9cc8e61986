"""The kinds of definitions there are: each room registers its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, order=True)
class Reference:
    """That one definition speaks of another, and where in its text (`groups[0].measures[1].when[0]`)."""

    kind: str
    key: str
    path: str = ""


@dataclass(frozen=True)
class Misfit:
    """That definitions do not fit together. places: where that could be mended; told at one that is being changed."""

    message: str
    places: tuple[Reference, ...] = ()


Parse = Callable[[str, Mapping[str, Any]], Any]
"""(key, body as plain data) → the definition as its room uses it. Raises Refused; its `field` is a path in the text."""


@dataclass(frozen=True)
class DefinitionKind:
    """One kind.

    references: what a parsed definition refers to, other definitions only.
    order: where it stands in a full text; what is referred to comes first.
    shipped: bodies that come with the product, by key; they become version 1 of an installation that has none.
    check: (all definitions by kind and key, as they would stand) → what does not fit together (circles, two
        experiences for everybody …); asked once per kind after every definition parsed.
    impact: what changes would do to accounts (`guard.Judge`); one function may serve several kinds.
    words: a parsed definition in sentences, for those who do not read its text.
    screens: (what it is called, address) of the room's own pages about a definition, by its key.
    form: address of the room's own form for a new one; None: a new one begins as a text.
    """

    key: str
    label: str
    plural: str
    parse: Parse
    order: int
    references: Callable[[Any], Iterable[Reference]] = lambda parsed: ()
    shipped: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
    check: Callable[[Mapping[str, Mapping[str, Any]]], Iterable[Misfit]] = lambda everything: ()
    impact: Callable[..., Sequence[Any]] | None = None
    words: Callable[[Any], Sequence[str]] | None = None
    screens: Callable[[str], Sequence[tuple[str, str]]] = lambda key: ()
    form: Callable[[], str] | None = None


_kinds: dict[str, DefinitionKind] = {}


def register_kind(kind: DefinitionKind) -> None:
    """Add a kind. A key registered twice is a mistake in the code and raises ValueError."""
    if kind.key in _kinds and _kinds[kind.key] != kind:
        raise ValueError(f"kind of definition {kind.key!r} is registered twice")
    _kinds[kind.key] = kind


def kinds() -> list[DefinitionKind]:
    """All kinds, in the order of a full text."""
    return sorted(_kinds.values(), key=lambda kind: (kind.order, kind.key))


def kind_of(key: str) -> DefinitionKind:
    """Raises KeyError for a kind nobody registered."""
    return _kinds[key]
