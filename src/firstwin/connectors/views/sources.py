"""The health of sources."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from firstwin.accounts.scope import AccountSet
from firstwin.connectors.sources import health_of_sources
from firstwin.connectors.views.shared import importer
from firstwin.connectors.views.tabs import tabs
from firstwin.core import clock
from firstwin.ui.jinja import page

TONES = {"late": "risk", "rejecting": "watch", "disagreeing": "watch", "new": "none", "fresh": "good"}
WORDS = {"late": "Late", "rejecting": "Rejects rows", "disagreeing": "Disagrees", "new": "New", "fresh": "Fresh"}


@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """What each source last said, whether it still comes, and what to do about it."""
    user, now = importer(request), clock.now()
    found = health_of_sources(AccountSet.of(user, now=now), now=now)
    return page(
        request,
        "connectors/sources.html",
        tabs_shown=tabs("sources"),
        sources=found,
        tones=TONES,
        words=WORDS,
        conflicts_url=f"{reverse('accounts')}?issue_kinds=conflict",
    )
