"""Sections of a page that other rooms bring: registered here, drawn by the page that owns the slot."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Panel:
    """One section.

    template: page file whose `panel` block is the section.
    context: (request, thing) → what the template needs.
    count: (request, thing) → the number beside the title.
    slot: the page it belongs to.
    sheets: style sheets the page links for it, as static paths.
    """

    key: str
    label: str
    order: int
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any]]
    count: Callable[[HttpRequest, Any], int] | None = None
    slot: str = "account"
    sheets: tuple[str, ...] = ()


_panels: dict[tuple[str, str], Panel] = {}


def register_panel(panel: Panel) -> None:
    """Add a section. A key registered twice in a slot is a mistake in the code and raises ValueError."""
    place = (panel.slot, panel.key)
    if place in _panels and _panels[place] != panel:
        raise ValueError(f"panel {panel.key!r} is registered twice in {panel.slot!r}")
    _panels[place] = panel


def panels(slot: str) -> list[Panel]:
    """The sections of one page, in their order."""
    here = [panel for panel in _panels.values() if panel.slot == slot]
    return sorted(here, key=lambda panel: (panel.order, panel.key))
