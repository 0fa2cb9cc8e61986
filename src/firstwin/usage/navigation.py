"""The entry of the rail, and commands."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from firstwin.ui import commands
from firstwin.ui.navigation import NavEntry, register_entry

PLACES = (
    ("Events", "What event names mean: core workflows, activation, first win", "usage_names"),
    ("Event debugger", "What arrived, what was turned down and why", "usage_debugger"),
    ("Sources of events", "Write keys, and how to send the first event", "usage_sources"),
    ("Usage health", "Lag, volume, what waits, the lake", "usage_health"),
)


def register() -> None:
    """Called once, when the app is ready."""
    register_entry(NavEntry("usage", "Usage", "usage", "spark", "g y", 40))
    commands.register_source(usage_commands)


def usage_commands(request: HttpRequest, query: str) -> Iterator[commands.Command]:
    for label, hint, route in PLACES:
        if all(word in f"{label} {hint}".casefold() for word in query.casefold().split()):
            yield commands.Command(label=label, hint=hint, url=reverse(route), icon="spark", group="Usage")
