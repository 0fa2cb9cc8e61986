"""Where the rail leads."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from firstwin.accounts.views.answers import reader
from firstwin.usage.views.tabs import tabs


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To the first tab of the reader's."""
    return HttpResponseRedirect(tabs(reader(request).user, "")[0][1])
