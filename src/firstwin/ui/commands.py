"""What the command bar offers. Rooms register sources; each decides itself what matches the words typed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest

from firstwin.ui.shell import Shell

MOST_PER_SOURCE = 8


@dataclass(frozen=True)
class Command:
    """One line of the command bar. `group` is the heading it stands under."""

    label: str
    hint: str = ""
    url: str = ""
    icon: str = "chevron-right"
    hotkey: str = ""
    group: str = "Go to"


Source = Callable[[HttpRequest, str], Iterable[Command]]
_sources: list[Source] = []


def register_source(source: Source) -> Source:
    """Add a source; usable as a decorator. Sources answer in the order they were registered."""
    if source not in _sources:
        _sources.append(source)
    return source


def matching(request: HttpRequest, query: str) -> dict[str, list[Command]]:
    """Heading → commands for the words typed, at most a handful from each source."""
    found: dict[str, list[Command]] = {}
    for source in (places, *_sources):
        for command in list(source(request, query))[:MOST_PER_SOURCE]:
            found.setdefault(command.group, []).append(command)
    return found


def places(request: HttpRequest, query: str) -> list[Command]:
    """The rail's entries whose label holds every word typed."""
    words = query.casefold().split()
    return [
        Command(label=entry.label, url=entry.url, icon=entry.icon, hotkey=entry.hotkey)
        for entry in Shell(request).entries
        if all(word in entry.label.casefold() for word in words)
    ]
