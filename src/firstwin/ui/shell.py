"""What the frame around every page needs to know about the request: who, where, and how they like to read."""

from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.urls import reverse

from firstwin.core import clock
from firstwin.ui.navigation import RailEntry, rail_entries
from firstwin.ui.toasts import Toast, kept_toasts

THEMES = ("system", "light", "dark")
DENSITIES = ("normal", "compact")


_theme_route: list[str] = []


def keep_theme_at(url_name: str) -> None:
    """Name the route that a chosen theme is posted to, so that it stays chosen."""
    _theme_route[:] = [url_name]


class Shell:
    """Lazily computed, so a fragment that shows no rail asks nothing."""

    product = "Firstwin"

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> Any:
        """The person signed in, or None."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def user_name(self) -> str:
        return str(getattr(self.user, "name", "") or getattr(self.user, "email", "") or "")

    @cached_property
    def theme(self) -> str:
        """light, dark, or system (the operating system decides)."""
        return _one_of(THEMES, getattr(self.user, "theme", None))

    @cached_property
    def theme_url(self) -> str:
        """Where the theme is kept, or empty."""
        return reverse(_theme_route[0]) if _theme_route and self.user else ""

    @cached_property
    def density(self) -> str:
        return _one_of(DENSITIES, getattr(self.user, "density", None))

    @cached_property
    def shortcuts_on(self) -> bool:
        return bool(getattr(self.user, "shortcuts_on", True))

    @cached_property
    def now(self) -> datetime:
        return clock.now()

    @cached_property
    def entries(self) -> list[RailEntry]:
        return rail_entries(self.user, self.request.path) if self.user else []

    @cached_property
    def toasts(self) -> list[Toast]:
        """What an action before a redirect wanted to say here. Reading them uses them up."""
        return kept_toasts(get_messages(self.request)) if hasattr(self.request, "_messages") else []


def _one_of(allowed: tuple[str, ...], value: object) -> str:
    return str(value) if value in allowed else allowed[0]
