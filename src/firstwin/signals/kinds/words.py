"""What stages are called, without reading the conditions of their pipelines."""

from collections.abc import Mapping
from typing import Any

from firstwin.people.config.labels import standing_bodies


def stages() -> tuple[tuple[str, str], ...]:
    """(key, label) of every stage of every pipeline that stands, in order, overlays last."""
    found, overlays = dict(stages_below()), dict[str, str]()
    for body in standing_bodies("pipeline").values():
        _add(overlays, body.get("overlay"))
    return tuple((found | {key: label for key, label in overlays.items() if key not in found}).items())


def stages_below() -> tuple[tuple[str, str], ...]:
    """Those of them that are no overlay."""
    found: dict[str, str] = {}
    for body in standing_bodies("pipeline").values():
        for stage in body.get("stages") or ():
            _add(found, stage)
    return tuple(found.items())


def _add(found: dict[str, str], stage: Any) -> None:
    if isinstance(stage, Mapping) and stage.get("key"):
        found.setdefault(str(stage["key"]), str(stage.get("label") or stage["key"]))
