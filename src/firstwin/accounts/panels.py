"""The sections of the account page that this room brings, and what it adds elsewhere."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest

from firstwin.accounts.models import Account
from firstwin.core.panels import Panel, register_panel
from firstwin.people.rules import can_configure
from firstwin.people.tabs import SettingsTab, register_tab
from firstwin.ui.navigation import NavEntry, register_entry


def register() -> None:
    """Called once, when the app is ready."""
    # What can be taken back registers itself on import.
    from firstwin.accounts.actions import files, notes  # noqa: F401
    from firstwin.accounts.views import sections

    brought: Sequence[tuple[str, str, Callable[[HttpRequest, Account], dict[str, Any]], Any]] = (
        ("summary", "Summary", sections.summary, None),
        ("people", "People", sections.people, lambda _, account: account.now.people_count),
        ("timeline", "Timeline", sections.timeline, None),
        ("children", "Children", sections.children, lambda _, account: account.now.children_count),
        ("files", "Files", sections.files, None),
        ("audit", "Audit", sections.audit, None),
    )
    for place, (key, label, context, count) in enumerate(brought):
        register_panel(Panel(key, label, (place + 1) * 10, f"accounts/{key}.html", context, count))
    register_entry(NavEntry("contacts", "People", "contacts", icon="people", hotkey="g c", order=30))
    register_tab(SettingsTab("attributes", "Attributes", "attributes", 60, can_configure))
