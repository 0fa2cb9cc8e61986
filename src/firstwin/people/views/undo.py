from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from firstwin.core import clock
from firstwin.people.undo import use_undo
from firstwin.people.views.shared import who
from firstwin.ui.toasts import toast_next


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one just did, and show the screen as it is now."""
    use_undo(by=who(request), pk=pk, now=clock.now())
    toast_next(request, "Undone")
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return HttpResponseRedirect(_back(request))


def _back(request: HttpRequest) -> str:
    """Where they came from, if that is one of our pages."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()}):
        return "/"
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
