"""Where Today, risks and stages stand in the rail."""

from firstwin.ui.navigation import NavEntry, register_entry


def register() -> None:
    """Called once, when the app is ready."""
    register_entry(NavEntry("today", "Today", "today", "home", "g t", 10))
    register_entry(NavEntry("stages", "Stages", "stages", "columns", "g j", 34))
    register_entry(NavEntry("risks", "Risks", "risks", "flag", "g r", 36))
