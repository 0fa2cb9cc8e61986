"""One short sentence after an action, with an undo where there is one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponseBase
from django_htmx.http import trigger_client_event

R = TypeVar("R", bound=HttpResponseBase)


@dataclass(frozen=True)
class Toast:
    """`undo_url` is where a POST takes the action back, or empty; `tone` is none, good or risk."""

    message: str
    undo_url: str = ""
    tone: str = "none"


def toast(response: R, message: str, undo_url: str | None = None, tone: str = "none") -> R:
    """Say `message` when this htmx answer arrives. Returns the same response."""
    trigger_client_event(response, "toast", {"message": message, "undo": undo_url or "", "tone": tone})
    return response


def toast_next(request: HttpRequest, message: str, undo_url: str | None = None, tone: str = "none") -> None:
    """Say `message` on the next full page: for actions that end in a redirect."""
    level = messages.ERROR if tone == "risk" else messages.SUCCESS
    messages.add_message(request, level, message, extra_tags=undo_url or "")


def kept_toasts(kept: Iterable[Message]) -> list[Toast]:
    """What `toast_next` left behind, and what third-party apps said in the same way."""
    return [
        Toast(
            message=str(item.message),
            undo_url=item.extra_tags if (item.extra_tags or "").startswith("/") else "",
            tone="risk" if item.level >= messages.WARNING else "none",
        )
        for item in kept
    ]
