"""What a request about the list asks for, read once. Shared by the views of the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from firstwin.accounts.listing.state import ListState
from firstwin.accounts.listing.view import View, views_of
from firstwin.core.fields import Vocabulary, vocabulary
from firstwin.people.models import User
from firstwin.ui.jinja import fragment, page


@dataclass(frozen=True)
class Asked:
    user: User
    vocabulary: Vocabulary
    views: Sequence[View]
    state: ListState


def asked(request: HttpRequest, given: QueryDict) -> Asked:
    """The list that `given` (GET or POST) describes, for the person signed in."""
    user = cast(User, request.user)
    known, views = vocabulary(), views_of(user)
    return Asked(user, known, views, ListState.of(given, user, views, known))


def in_dialog(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A form for the dialog, or as a page of its own where it was asked for directly."""
    if getattr(request, "htmx", False):
        return fragment(request, template, "dialog", status=status, **context)
    return page(request, template, status=status, **context)


def go(request: HttpRequest, address: str) -> HttpResponse:
    """Load `address` as a whole page, whichever way the request came."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
