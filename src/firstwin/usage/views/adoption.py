"""Adoption over the portfolio."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.listing.view import views_of
from firstwin.accounts.views.answers import reader
from firstwin.core.errors import Refused
from firstwin.core.fields import vocabulary
from firstwin.ui.jinja import page
from firstwin.usage.adoption.asked import CUSTOMERS, EVERYONE, Asked
from firstwin.usage.adoption.attention import concerns
from firstwin.usage.adoption.spread import portfolio
from firstwin.usage.rules import can_set_up_usage
from firstwin.usage.views.tabs import tabs


@require_safe
def adoption(request: HttpRequest) -> HttpResponse:
    """How use spreads over the accounts, where it falls, how long the first win takes."""
    asker = reader(request)
    asked = Asked.of(request.GET, asker.user, views_of(asker.user), vocabulary(), asker.now)
    context: dict[str, Any] = {
        "asked": asked,
        "now": asker.now,
        "tabs_shown": tabs(asker.user, "adoption"),
        "may_set_up": can_set_up_usage(asker.user),
        "among": (("Customers", asked.url(among=CUSTOMERS), asked.among == CUSTOMERS),
                  ("Every account", asked.url(among=EVERYONE), asked.among == EVERYONE)),
    }  # fmt: skip
    try:
        found = portfolio(asked)
    except Refused as refused:
        return page(request, "usage/adoption.html", status=400, problem=refused.message, found=None, **context)
    return page(request, "usage/adoption.html", problem="", found=found, concerns=concerns(asked), **context)
