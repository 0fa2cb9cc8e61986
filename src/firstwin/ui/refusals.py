"""An error as a person sees it: a calm page, or for htmx a toast that leaves the screen as it was."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from firstwin.core.errors import Conflict, FirstwinError
from firstwin.ui import jinja
from firstwin.ui.toasts import toast


@dataclass(frozen=True)
class Words:
    """A title, what to do, and the icon."""

    title: str
    help: str
    icon: str


WORDS = {
    400: Words("That request makes no sense", "Go back and try once more.", "warning"),
    403: Words("You may not do this", "Ask someone who may, or go back.", "lock"),
    404: Words("Nothing here", "It may have moved, or it is outside what you can see.", "search"),
    409: Words("Somebody was faster", "Compare both versions and choose.", "users"),
    422: Words("That cannot be done", "Change it and try again.", "warning"),
    500: Words("Something broke on our side", "Nothing was changed. Try again in a minute.", "warning"),
    503: Words("Busy right now", "Nothing was changed. Try again in a moment.", "clock"),
}


def refusal(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    """Answer `request` with `status`; `message` replaces the usual sentence."""
    words = WORDS[status]
    if getattr(request, "htmx", False):
        response = HttpResponse(status=status, headers={"HX-Reswap": "none"})
        return toast(response, message or f"{words.title}. {words.help}", tone="risk")
    return jinja.page(request, "ui/error.html", status=status, words=words, code=status, message=message)


def refused(request: HttpRequest, error: FirstwinError) -> HttpResponse:
    """Answer `request` with one of our own errors."""
    if isinstance(error, Conflict):
        return _conflict(request, error)
    response = refusal(request, error.status, error.message)
    if error.status == 503:
        response["Retry-After"] = "5"
    return response


def _conflict(request: HttpRequest, error: Conflict) -> HttpResponse:
    if getattr(request, "htmx", False):
        response = jinja.fragment(request, "ui/conflict_page.html", "versions", status=409, error=error)
        response["HX-Retarget"] = "#dialog"
        response["HX-Reswap"] = "innerHTML"
        return response
    return jinja.page(request, "ui/conflict_page.html", status=409, error=error)
