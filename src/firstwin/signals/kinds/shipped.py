"""The definitions that come with the product: one YAML file each, `defaults/<kind>/<key>.yaml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from firstwin.people.config.store import body_of

_DEFAULTS = Path(__file__).parent / "defaults"


@cache
def shipped(kind: str) -> dict[str, Mapping[str, Any]]:
    """Bodies by key, in the order of their keys. `kind`: the singular key of the kind (`scorecard`)."""
    return {path.stem: body_of(path.read_text("utf-8")) for path in sorted((_DEFAULTS / kind).glob("*.yaml"))}
