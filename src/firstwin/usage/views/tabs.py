"""The tabs over the pages of usage."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from firstwin.usage.rules import can_set_up_usage

Tab = tuple[str, str, int | None, bool]

_TABS = (
    ("adoption", "Adoption", "usage_adoption"),
    ("events", "Events", "usage_names"),
    ("debugger", "Debugger", "usage_debugger"),
    ("sources", "Sources", "usage_sources"),
    ("health", "Health", "usage_health"),
)
_FOR_SET_UP = {"debugger"}
"""It shows what customers did, whoever's they are."""


def tabs(user: Any, current: str) -> list[Tab]:
    """(label, address, no count, is it where they are)."""
    seen = [tab for tab in _TABS if tab[0] not in _FOR_SET_UP or can_set_up_usage(user)]
    found: list[Tab] = []
    for key, label, route in seen:
        if address := _address(route):
            found.append((label, address, None, key == current))
    return found


def arrival_tabs(current: str, *, unknown: int) -> list[Tab]:
    """Those inside the debugger. unknown: customers that nobody matched yet."""
    return [
        ("Rejected", reverse("usage_debugger"), None, current == "rejected"),
        ("Accepted", reverse("usage_accepted"), None, current == "accepted"),
        ("Unknown customers", reverse("usage_places"), unknown or None, current == "places"),
    ]


def _address(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
