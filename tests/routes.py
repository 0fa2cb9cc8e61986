"""The URL map as a list, with real things for its parameters. A parameter without a sample fails loudly."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse


@dataclass(frozen=True)
class Route:
    """One named URL and the names of its parameters."""

    name: str
    parameters: tuple[str, ...]


@dataclass
class Samples:
    """Things for parameters: by (route name, parameter), else by parameter alone."""

    by_parameter: dict[str, Any] = field(default_factory=dict)
    by_route: dict[str, dict[str, Any]] = field(default_factory=dict)

    def address(self, route: Route) -> str:
        """The address of `route` about the sample things. Raises KeyError for a parameter nobody thought of."""
        special = self.by_route.get(route.name, {})
        values = {}
        for name in route.parameters:
            if name not in special and name not in self.by_parameter:
                raise KeyError(f"tests/world.py has no sample for {name!r} of the route {route.name!r}")
            values[name] = special[name] if name in special else self.by_parameter[name]
        return reverse(route.name, kwargs=values)


def routes() -> list[Route]:
    """Every named route of the house."""
    return sorted(_walk(get_resolver().url_patterns, ()), key=lambda route: route.name)


def _walk(patterns: list[Any], outer: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        own = tuple(pattern.pattern.converters) or tuple(pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, outer + own)
        elif isinstance(pattern, URLPattern):
            if pattern.name is None:
                raise AssertionError(f"a route without a name: {pattern.pattern}")
            yield Route(pattern.name, outer + own)
