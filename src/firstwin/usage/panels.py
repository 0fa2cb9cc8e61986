"""The section this room brings to the account page."""

from django.http import HttpRequest

from firstwin.accounts.models import Account
from firstwin.core.panels import Panel, register_panel


def register() -> None:
    """Called once, when the app is ready."""
    from firstwin.usage.views import section

    register_panel(
        Panel(
            section.HERE,
            "Usage",
            34,
            "usage/section.html",
            section.usage,
            count=_active,
            sheets=("ui/charts.css", "revenue/revenue.css", "usage/usage.css"),
        )
    )


def _active(_: HttpRequest, account: Account) -> int:
    """People active in 28 days."""
    count: int | None = account.now.people_active_28
    return count  # type: ignore[return-value]  # none: no number beside the title
