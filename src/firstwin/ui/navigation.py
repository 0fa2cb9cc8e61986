"""Entries of the rail. Rooms register theirs when the app is ready; the shell draws them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


def everyone(user: Any) -> bool:
    return True


@dataclass(frozen=True)
class NavEntry:
    """One place to go. `hotkey` is a key or a sequence such as "g a"; `group` "settings" stands at the foot,
    "user" in the menu beside the person's name; `also` names pages elsewhere that belong to it."""

    key: str
    label: str
    url_name: str
    icon: str
    hotkey: str = ""
    order: int = 100
    visible: Callable[[Any], bool] = everyone
    group: str = "main"
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class RailEntry:
    """An entry as one person sees it on one page."""

    key: str
    label: str
    url: str
    icon: str
    hotkey: str
    group: str
    is_current: bool


_entries: dict[str, NavEntry] = {}
_pages: dict[str, list[str]] = {}


def register_entry(entry: NavEntry) -> None:
    """Put an entry in the rail. Registering the same key again replaces it."""
    _entries[entry.key] = entry


def register_pages(entry: str, url_name: str) -> None:
    """Say that pages of another room belong to an entry: those under an address. Saying it again changes nothing."""
    names = _pages.setdefault(entry, [])
    if url_name not in names:
        names.append(url_name)


def rail_entries(user: Any, path: str) -> list[RailEntry]:
    """What `user` sees, in order; current is the entry of which an address is the longest prefix of `path`."""
    seen = [entry for entry in sorted(_entries.values(), key=lambda e: (e.order, e.label)) if entry.visible(user)]
    addresses = {
        entry.key: [reverse(name) for name in (entry.url_name, *entry.also, *_pages.get(entry.key, ()))]
        for entry in seen
    }
    here = max((a for some in addresses.values() for a in some if _covers(a, path)), key=len, default="")
    return [
        RailEntry(e.key, e.label, own[0], e.icon, e.hotkey, e.group, here in own)
        for e in seen
        if (own := addresses[e.key])
    ]


def _covers(address: str, path: str) -> bool:
    return path == address if address == "/" else path.startswith(address)
