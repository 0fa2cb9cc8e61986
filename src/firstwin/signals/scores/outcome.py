"""The result of a reading, read back from its bytes."""

from datetime import date
from typing import Any

import msgspec


class MeasureTold(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """As `Scores.row` says. value: as one speaks of it.  last: points and day of its last value."""

    key: str
    state: str
    code: str
    value: Any
    points: int | None
    weight: int
    contribution: int
    last: tuple[int, int] | None


class GroupTold(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """contribution: of its measures and of what a person set for it (`shift`).  size: how many measures."""

    key: str
    points: int | None
    weight: int
    contribution: int
    shift: int
    size: int


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """As `Scores.row` says."""

    on: date
    score: int | None
    computed: int | None
    band: str
    coverage: int
    least: int
    worst: str | None
    measures: list[MeasureTold]
    groups: list[GroupTold]
    shift: int
    set: list[tuple[str, str, int, int]]


read = msgspec.json.Decoder(Outcome).decode
"""Bytes → what they say. Every result of the ledger was written by `written.Writer`."""
