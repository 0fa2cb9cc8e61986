"""Sections of a page that other rooms bring: registered here, drawn by the page that owns the slot."""

from collections.abc import Callable, Sequence
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


Arrange = Callable[[HttpRequest, Any], Sequence[str]]
"""(request, thing) → keys of the sections its page shows, in their order; none: all of them, as usual."""

_panels: dict[tuple[str, str], Panel] = {}
_arranges: dict[str, Arrange] = {}


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


def register_arrange(slot: str, arrange: Arrange) -> None:
    """Say who arranges the sections of a page. Two for one slot are a mistake in the code and raise ValueError."""
    if _arranges.get(slot, arrange) != arrange:
        raise ValueError(f"somebody else arranges {slot!r} already")
    _arranges[slot] = arrange


def arranged(slot: str, request: HttpRequest, thing: Any) -> tuple[list[Panel], list[Panel]]:
    """The sections of the page of one thing in the order it wants them, and those it leaves out.

    A key that no section has (any more) is passed over; where nothing is left, the page is as usual.
    """
    everything = {panel.key: panel for panel in panels(slot)}
    wanted = dict.fromkeys(_arranges[slot](request, thing)) if slot in _arranges else {}
    shown = [everything.pop(key) for key in wanted if key in everything]
    rest = list(everything.values())
    return (shown, rest) if shown else (rest, [])
