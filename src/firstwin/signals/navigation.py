"""Where Today, risks, stages and the score studio stand in the rail."""

from firstwin.ui.navigation import NavEntry, register_entry, register_pages


def register() -> None:
    """Called once, when the app is ready."""
    register_entry(NavEntry("today", "Today", "today", "home", "g t", 10))
    register_entry(NavEntry("stages", "Stages", "stages", "columns", "g j", 34))
    register_entry(NavEntry("risks", "Risks", "risks", "flag", "g r", 36))
    register_pages("settings", "studios")  # reached from the definitions, and back to them
