"""The section this room brings to the account page."""

from django.http import HttpRequest

from firstwin.accounts.models import Account
from firstwin.core.panels import Panel, register_panel


def register() -> None:
    """Called once, when the app is ready."""
    from firstwin.support.views import section

    register_panel(
        Panel(
            section.HERE,
            "Support",
            36,
            "support/support.html",
            section.support,
            count=_open,
            sheets=("ui/charts.css", "revenue/revenue.css", "support/support.css"),
        )
    )


def _open(_: HttpRequest, account: Account) -> int:
    count: int | None = account.now.tickets_open
    return count  # type: ignore[return-value]  # none: no number beside the title
