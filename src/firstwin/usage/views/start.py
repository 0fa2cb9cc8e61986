"""How to send the first event: what a developer sees first."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.accounts.views.answers import reader
from firstwin.ui.jinja import fragment, page
from firstwin.usage.rules import can_set_up_usage
from firstwin.usage.screens.first_event import mark_of, watched
from firstwin.usage.screens.snippets import snippets
from firstwin.usage.views.shared import source_at
from firstwin.usage.views.tabs import tabs

TEMPLATE = "usage/start.html"


@require_safe
def start(request: HttpRequest, source: str) -> HttpResponse:
    """The address, the key, programs to copy, and what arrives."""
    asker, what = reader(request), source_at(source)
    live = list(what.keys.filter(revoked_at__isnull=True).order_by("-made_at", "-pk"))
    wanted = request.GET.get("key", "")
    key = next((one for one in live if str(one.pk) == wanted), live[0] if live else None)
    may_see = can_set_up_usage(asker.user)
    return page(
        request,
        TEMPLATE,
        tabs_shown=tabs(asker.user, "sources"),
        source=what,
        address=settings.FIRSTWIN_URL,
        key=key,
        keys=live,
        programs=snippets(settings.FIRSTWIN_URL, key.token, what.kind) if key else [],
        may_edit=may_see,
        watched=watched(what, scope=asker.scope, may_see=may_see, now=asker.now),
    )


@require_safe
def live(request: HttpRequest, source: str) -> HttpResponse:
    """The panel that shows what arrives, asked again and again; nothing while nothing came since ?seen=."""
    asker, what = reader(request), source_at(source)
    if request.GET.get("seen") == mark_of(what):
        return HttpResponse(status=204)
    may_see = can_set_up_usage(asker.user)
    found = watched(what, scope=asker.scope, may_see=may_see, now=asker.now)
    return fragment(request, TEMPLATE, "live", source=what, watched=found, may_edit=may_see)
