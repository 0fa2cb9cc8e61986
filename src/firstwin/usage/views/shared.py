"""Small things the views of this room do alike."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from firstwin.accounts.views.answers import Reader, is_htmx, reader, say_next
from firstwin.core.errors import NotFound
from firstwin.people.models import Undo
from firstwin.people.rules import require
from firstwin.usage.models import Source
from firstwin.usage.rules import can_set_up_usage

LARGEST = 2**63 - 1


def setter(request: HttpRequest) -> Reader:
    """The reader, who must be allowed to set up usage."""
    asker = reader(request)
    require(can_set_up_usage(asker.user), "Only operations and admins see what every source sends.")
    return asker


def source_at(key: str) -> Source:
    found = Source.objects.filter(key=key).first()
    if found is None:
        raise NotFound("There is no such source.")
    return found


def go(request: HttpRequest, route: str, *, says: Undo | str = "", query: str = "", **kwargs: Any) -> HttpResponse:
    """To another page of ours, whoever asked: a browser, or htmx on a page."""
    say_next(request, says)
    address = reverse(route, kwargs=kwargs) + query
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def whole_number(text: object) -> int | None:
    """A number of ours from an address or a form; None for anything else."""
    said = str(text or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 and int(said) <= LARGEST else None
