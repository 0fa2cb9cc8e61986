from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from firstwin.core import clock
from firstwin.people import queries
from firstwin.people.actions import settings as actions
from firstwin.people.views.shared import say, who
from firstwin.ui.jinja import page


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What one was told, newest first."""
    return page(request, "people/notices.html", notices=list(queries.notices_of(who(request))))


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    actions.read_notices(by=who(request), now=clock.now())
    return say(request, None, "notices")
