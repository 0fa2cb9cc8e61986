"""What this room brings to pages of others: a section of the account page, a tab of the settings, a command."""

from firstwin.core.panels import Panel, register_panel
from firstwin.people.tabs import SettingsTab, register_tab


def register() -> None:
    """Called once, when the app is ready."""
    # What can be taken back registers itself on import.
    from firstwin.revenue.actions import product_ids, products, record_churn  # noqa: F401
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
    register_tab(SettingsTab("products", "Products", "products", 62))
