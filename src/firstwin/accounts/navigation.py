"""The accounts room's places in the rail and in the command bar."""

from firstwin.accounts.views import palette
from firstwin.ui.commands import register_source
from firstwin.ui.navigation import NavEntry, register_entry


def register_all() -> None:
    """Called once, when the app is ready."""
    register_entry(NavEntry("accounts", "Accounts", "accounts", "accounts", "g a", 20))
    register_source(palette.account_commands)
    register_source(palette.people_commands)
    register_source(palette.view_commands)
