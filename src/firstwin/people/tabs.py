"""The tabs of the settings. Lower rooms add theirs: fields, imports, mail."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from firstwin.people.models import User


def _everyone(user: User) -> bool:
    return True


@dataclass(frozen=True)
class SettingsTab:
    key: str
    label: str
    url_name: str
    order: int = 100
    visible: Callable[[User], bool] = _everyone


_tabs: dict[str, SettingsTab] = {}


def register_tab(tab: SettingsTab) -> None:
    """Add a tab to the settings; the same key again replaces it."""
    _tabs[tab.key] = tab


def tabs_for(user: User, current: str) -> list[tuple[str, str, None, bool]]:
    """(label, address, no count, is it where they are), as the `tabs` macro takes them."""
    seen = sorted((tab for tab in _tabs.values() if tab.visible(user)), key=lambda tab: (tab.order, tab.label))
    return [(tab.label, reverse(tab.url_name), None, tab.key == current) for tab in seen]
