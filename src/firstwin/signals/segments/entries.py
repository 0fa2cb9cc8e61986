"""Where segments stand in the rail and in the command bar."""

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse

from firstwin.people.config.labels import labels
from firstwin.people.config.write import WRITTEN  # registers how definitions are taken back
from firstwin.ui.commands import Command, register_source
from firstwin.ui.navigation import NavEntry, register_entry

__all__ = ["WRITTEN", "register_all"]


def register_all() -> None:
    register_entry(NavEntry("segments", "Segments", "segments", "filter", "g e", 60, also=("experiences",)))
    register_source(segment_commands)


def segment_commands(request: HttpRequest, query: str) -> Iterator[Command]:
    """Segments and experiences by name."""
    words = query.casefold().split()
    if not words:
        return
    for kind in ("segment", "experience"):
        for key, label in labels(kind):
            if all(word in f"{label} {kind}".casefold() for word in words):
                yield Command(label=label, hint=kind.title(), url=reverse(kind, kwargs={kind: key}), icon="filter")
    if all(word in "experiences" for word in words):
        yield Command(label="Experiences", url=reverse("experiences"), icon="filter")
