"""The sections this room brings to the account page."""

from firstwin.core.panels import Panel, register_panel


def register() -> None:
    """Called once, when the app is ready."""
    # What can be taken back registers itself on import.
    from firstwin.revenue.actions import record_churn  # noqa: F401
    from firstwin.revenue.views import section

    register_panel(
        Panel(
            "commercial",
            "Commercial",
            32,
            "revenue/commercial.html",
            section.commercial,
            sheets=("ui/charts.css", "revenue/revenue.css"),
        )
    )
