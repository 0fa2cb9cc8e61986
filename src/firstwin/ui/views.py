"""The gallery, the command bar's answers, and the pages for errors."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from firstwin.core import clock
from firstwin.ui import commands, icons, samples
from firstwin.ui.jinja import fragment, page
from firstwin.ui.refusals import refusal


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    names = sorted(icons.SHAPES)
    return page(request, "ui/gallery.html", samples=samples.make(clock.now()), icon_names=names, title="Components")


@require_safe
def command_options(request: HttpRequest) -> HttpResponse:
    """Options of the command bar for the words in ?q=."""
    query = request.GET.get("q", "").strip()[:200]
    found = commands.matching(request, query)
    return fragment(request, "ui/command_bar.html", "options", groups=found, query=query)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(request, 400)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    return refusal(request, 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refusal(request, 403, "This page was open for too long. Reload it and try again; what you typed is kept.")
