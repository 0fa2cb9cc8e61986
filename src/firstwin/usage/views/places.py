"""Customers that events name and nobody matched yet: say which account each is, open one, or leave it out."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from firstwin.accounts.models import Account
from firstwin.accounts.queries import account_of
from firstwin.accounts.views.answers import Reader, is_htmx, undo_of
from firstwin.core.errors import NotFound, Refused
from firstwin.ui.jinja import fragment, page
from firstwin.usage.actions.places import ignore_place, mean, open_from_place
from firstwin.usage.screens import unknown
from firstwin.usage.store.models import Place
from firstwin.usage.views.shared import go, setter
from firstwin.usage.views.tabs import arrival_tabs, tabs

TEMPLATE, ONE = "usage/places.html", "usage/place.html"


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """The busiest first; the one chosen stands beside the list."""
    asker = setter(request)
    is_ignored = request.GET.get("show") == "ignored"
    rows = unknown.ignored_places() if is_ignored else unknown.unknown_places()
    count = unknown.unknown_count()
    return page(
        request,
        TEMPLATE,
        tabs_shown=tabs(asker.user, "debugger"),
        arrival_tabs=arrival_tabs("places", unknown=count),
        places=unknown.shown(list(rows[: unknown.PAGE]), asker.scope),
        count=rows[:10_000].count(),
        most=unknown.PAGE,
        unplaced=unknown.unplaced_people(),
        is_ignored=is_ignored,
        now=asker.now,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them. POST ?is=account|new|ignored|unknown decides."""
    asker, found = setter(request), _place(pk)
    if request.method == "POST":
        return _decided(request, asker, found)
    one = unknown.shown([found], asker.scope)[0]
    context: dict[str, Any] = {"one": one, "options": reverse("account_options"), "problem": ""}
    return _one(request, asker, context)


def _one(request: HttpRequest, asker: Reader, context: dict[str, Any], status: int = 200) -> HttpResponse:
    if is_htmx(request):
        return fragment(request, ONE, "drawer", status=status, **context)
    shell = {"tabs_shown": tabs(asker.user, "debugger"), "arrival_tabs": arrival_tabs("places", unknown=0)}
    return page(request, ONE, status=status, **shell, **context)


def _decided(request: HttpRequest, asker: Reader, found: Place) -> HttpResponse:
    said, called = request.POST.get("is", ""), found.name or found.key
    told: dict[str, Any] = {"by": asker.user, "place": found, "now": asker.now}
    if said == "account":
        account = _account(asker, request.POST.get("account", "").replace("\x00", ""))
        payload, verb, words = mean(account=account, **told), "place.meant", f"{called} is {account.name}"
    elif said == "new":
        name = str(request.POST.get("name") or "").strip()[:200]
        payload, verb, words = open_from_place(name=name, **told), "place.opened", f"{name} opened"
    elif said in ("ignored", "unknown"):
        is_ignored = said == "ignored"
        payload = ignore_place(is_ignored=is_ignored, **told)
        verb, words = "place.ignored", f"{called} is ignored" if is_ignored else f"{called} counts again"
    else:
        raise Refused(f"Say who {called} is: an account, a new one, or nobody who counts.")
    return go(request, "usage_places", says=undo_of(request, verb, payload, words))


def _account(asker: Reader, key: str) -> Account:
    if not key:
        raise Refused("Choose an account.", field="account")
    return account_of(asker.scope, key)


def _place(pk: int) -> Place:
    found = Place.objects.filter(pk=pk).exclude(source=0).first()
    if found is None:
        raise NotFound("There is no such customer.")
    return found
