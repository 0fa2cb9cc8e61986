"""Adoption over the portfolio."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.listing.view import views_of
from firstwin.accounts.views.answers import is_htmx, reader
from firstwin.core.clock import day_of
from firstwin.core.errors import Refused
from firstwin.core.fields import vocabulary
from firstwin.ui.jinja import fragment, page
from firstwin.usage.adoption.asked import CUSTOMERS, EVERYONE, Asked
from firstwin.usage.adoption.attention import concerns
from firstwin.usage.adoption.cohorts import cohorts_shown
from firstwin.usage.adoption.spread import portfolio
from firstwin.usage.rules import can_set_up_usage
from firstwin.usage.views.tabs import tabs

VALUE_NOTE = (
    "Shares are cumulative incidence: who left before a first win counts as never having one, who still waits is "
    "followed as far as we know (a tick on the curve). Starts of the last 28 days are left out."
)
NO_VALUE = {
    "contract": "No account here has a contract that started more than 28 days ago.",
    "kickoff": "No kick-off is known: the first call, meeting or visit after the contract's start.",
}


@require_safe
def adoption(request: HttpRequest) -> HttpResponse:
    """How use spreads over the accounts, where it falls, how long the first win takes."""
    asker, asked = reader(request), _asked(request)
    context: dict[str, Any] = {
        "asked": asked,
        "now": asker.now,
        "tabs_shown": tabs(asker.user, "adoption"),
        "may_set_up": can_set_up_usage(asker.user),
        "cohorts_url": asked.cohorts_url(),
        "among": (("Customers", asked.url(among=CUSTOMERS), asked.among == CUSTOMERS),
                  ("Every account", asked.url(among=EVERYONE), asked.among == EVERYONE)),
    }  # fmt: skip
    try:
        found = portfolio(asked)
    except Refused as refused:
        return page(request, "usage/adoption.html", status=400, problem=refused.message, found=None, **context)
    return page(request, "usage/adoption.html", problem="", found=found, concerns=concerns(asked), **context)


@require_safe
def cohorts(request: HttpRequest) -> HttpResponse:
    """Time to value and activation: counted by themselves, so that the page does not wait for them."""
    from firstwin.usage.metrics.opening import shared  # the engines of the lake load only where they are asked

    asked = _asked(request)
    with shared():
        picture, activation = cohorts_shown(asked)
    context: dict[str, Any] = {
        "clocks": asked.clocks,
        "on": day_of(asked.now),
        "picture": picture,
        "value_note": VALUE_NOTE,
        "no_value": NO_VALUE[asked.clock],
        "activation": activation,
        "tabs_shown": tabs(asked.user, "adoption"),
    }
    if is_htmx(request):
        return fragment(request, "usage/adoption_cohorts.html", "cohorts", **context)
    return page(request, "usage/adoption_cohorts.html", **context)


def _asked(request: HttpRequest) -> Asked:
    asker = reader(request)
    return Asked.of(request.GET, asker.user, views_of(asker.user), vocabulary(), asker.now)
