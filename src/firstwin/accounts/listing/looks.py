"""How other rooms have their fields drawn in lists, previews and the head of the account page: as a mark."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Drawn:
    """words: the label.  tone: of the mark; empty: plain words.  value, change: numbers beside it.

    badge: a word of warning after it, with its tone.  note: shown under the pointer.
    """

    words: str
    tone: str = ""
    value: float | None = None
    change: float | None = None
    badge: str = ""
    badge_tone: str = "none"
    note: str = ""


@dataclass(frozen=True)
class Look:
    """columns: of the list row, beside the field's own.  draw: (row, choices of the field) → what is drawn;
    None: a dash.

    section: of the account page that explains it; fields with one stand in the head of that page.
    """

    columns: tuple[str, ...]
    draw: Callable[[Mapping[str, Any], Mapping[Any, str]], Drawn | None]
    section: str = ""


_looks: dict[str, Look] = {}


def register_look(field: str, look: Look) -> None:
    """Draw the field of this key so."""
    _looks[field] = look


def look_of(field: str) -> Look | None:
    return _looks.get(field)


def in_head() -> list[tuple[str, Look]]:
    """(field, look) of those that stand in the head of the account page."""
    return [(key, look) for key, look in _looks.items() if look.section]
