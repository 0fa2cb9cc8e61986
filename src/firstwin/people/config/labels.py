"""What definitions are called, without reading what they say: for choices, which reading itself asks for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from firstwin.core.errors import Refused
from firstwin.core.remembering import remembered
from firstwin.core.text import fold
from firstwin.people.config.store import body_of
from firstwin.people.models import ConfigVersion

Bodies = Mapping[str, Mapping[str, Mapping[str, Any]]]
Labels = tuple[tuple[str, str], ...]

Kept = tuple[tuple[int, datetime], Mapping[str, Mapping[str, Any]]]

_planned: ContextVar[Bodies | None] = ContextVar("planned", default=None)
_remembered: dict[str, Kept] = {}


def labels(kind: str) -> Labels:
    """(key, label) of the definitions of a kind that stand, by label; within `planning` of those that would."""
    found = ((key, str(body.get("label") or key)) for key, body in standing_bodies(kind).items())
    return tuple(sorted(found, key=lambda one: (one[1].casefold(), one[0])))


def require_own_label(kind: str, key: str, label: str) -> None:
    """Raises Refused where another one of the kind is called so: lists and sentences name definitions by their labels.
    One that keeps its label is left alone."""
    called = {other: fold(name) for other, name in labels(kind)}
    mine = fold(label)
    if called.get(key) != mine and mine in called.values():
        raise Refused(f"Another one is called “{label.strip()}” already: give it a name of its own.", field="label")


def standing_bodies(kind: str) -> Mapping[str, Mapping[str, Any]]:
    """What stands of a kind, by key, as plain data; within `planning` what would."""
    planned = _planned.get()
    if planned is not None and kind in planned:
        return planned[kind]
    mark = remembered("last of config", _last)
    if mark is None:
        return {}
    if kind not in _remembered or _remembered[kind][0] != mark:
        _remembered[kind] = (mark, _standing(kind))
    return _remembered[kind][1]


def _last() -> tuple[int, datetime] | None:
    return ConfigVersion.objects.order_by("-pk").values_list("pk", "at").first()


@contextmanager
def planning(bodies: Bodies) -> Iterator[None]:
    """Within, definitions may speak of each other as they would stand. bodies: by kind and key."""
    token = _planned.set(bodies)
    try:
        yield
    finally:
        _planned.reset(token)


def _standing(kind: str) -> dict[str, Mapping[str, Any]]:
    latest: dict[str, tuple[str, bool]] = {}
    rows = ConfigVersion.objects.filter(kind=kind).order_by("key", "number")
    for key, text, is_removed in rows.values_list("key", "text", "is_removed"):
        latest[key] = (text, is_removed)
    return {key: body_of(text) for key, (text, is_removed) in latest.items() if not is_removed}
