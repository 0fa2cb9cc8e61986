"""What stages are called, without reading the conditions of their pipelines."""

from collections.abc import Mapping
from typing import Any

from firstwin.people.config.labels import standing_bodies


def stages() -> tuple[tuple[str, str], ...]:
    """(key, label) of every stage of every pipeline that stands, in order, overlays last."""
    found: dict[str, str] = {}
    overlays: dict[str, str] = {}
    for body in standing_bodies("pipeline").values():
        for stage in body.get("stages") or ():
            _add(found, stage)
        _add(overlays, body.get("overlay"))
    return tuple((found | {key: label for key, label in overlays.items() if key not in found}).items())


def _add(found: dict[str, str], stage: Any) -> None:
    if isinstance(stage, Mapping) and stage.get("key"):
        found.setdefault(str(stage["key"]), str(stage.get("label") or stage["key"]))
