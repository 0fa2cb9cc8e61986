"""What this room brings to pages of others: the health section of the account page, a rail entry."""

from firstwin.core.panels import Panel, register_arrange, register_panel
from firstwin.ui.navigation import NavEntry, register_entry


def register() -> None:
    """Called once, when the app is ready."""
    from firstwin.signals.section import cells, layout
    from firstwin.signals.views import section

    cells.register_all()

    register_panel(
        Panel(
            section.HERE,
            "Health",
            31,
            "signals/health.html",
            section.health,
            count=section.open_findings,
            sheets=("ui/charts.css", "revenue/revenue.css", "signals/health.css"),
        )
    )
    register_arrange(layout.SLOT, layout.layout_of)
    register_entry(NavEntry("health", "Health", "health", "chart", "g h", 32))
