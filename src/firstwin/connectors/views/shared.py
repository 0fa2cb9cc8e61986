"""Small things the views of this room do alike."""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from firstwin.connectors.models import ImportDraft, ImportRun
from firstwin.core.errors import NotFound
from firstwin.people import rules
from firstwin.people.models import User
from firstwin.ui.toasts import toast_next


def importer(request: HttpRequest) -> User:
    """The person signed in, who must be allowed to import: a file speaks about every account."""
    user = cast(User, request.user)
    rules.require(rules.can_configure(user), "Only operations and admins import.")
    return user


def run_at(pk: int) -> ImportRun:
    found = ImportRun.objects.select_related("by").filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such import.")
    return found


def draft_at(user: User, key: UUID) -> ImportDraft:
    """A draft of this person; another's is not there."""
    found = ImportDraft.objects.of(user).select_related("again_of", "dry_run").filter(key=key).first()
    if found is None:
        raise NotFound("There is no such import, or it was discarded.")
    return found


def is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def go(request: HttpRequest, route: str, *, says: str = "", query: str = "", **kwargs: Any) -> HttpResponse:
    """To another page of ours, whoever asked: a browser, or htmx on a page."""
    if says:
        toast_next(request, says)
    address = reverse(route, kwargs=kwargs) + query
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
