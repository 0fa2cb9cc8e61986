"""Where a person was when they pressed something, to bring them back there."""

from urllib.parse import urlsplit

from django.http import HttpRequest

from firstwin.accounts.views.answers import is_htmx


def came_from(request: HttpRequest, *, usual: str) -> str:
    """The page of this house they stand on, with its query; `usual` where none is told."""
    told = request.headers.get("HX-Current-URL", "") if is_htmx(request) else request.POST.get("next", "")
    parts = urlsplit(told)
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        return usual
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
