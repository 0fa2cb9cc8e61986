"""Where accounts stand on their pipelines: what a fold over days carries from one day to the next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from firstwin.signals.evidence import number_of

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]

NEVER = -(2**31)
"""Stands for a day where there is none."""


@dataclass(frozen=True)
class Standings:
    """Over accounts in the order of a frame.

    pipeline, stage: keys; empty where an account is on none.  overlay: its key while it stands over the stage.
    entered_on, overlay_on: the day on which it came there, since 1970-01-01; NEVER where it is in none.
    """

    pipeline: Words
    stage: Words
    entered_on: Ints
    overlay: Words
    overlay_on: Ints

    def __len__(self) -> int:
        return len(self.stage)

    @classmethod
    def none(cls, n: int) -> "Standings":
        """Nobody is on any pipeline."""
        return cls(_empty(n), _empty(n), np.full(n, NEVER, np.int64), _empty(n), np.full(n, NEVER, np.int64))

    def copy(self) -> "Standings":
        return Standings(*(getattr(self, name).copy() for name in _NAMES))

    def taken(self, places: Sequence[int] | Ints | Mask) -> "Standings":
        """Some of the accounts."""
        return Standings(*(getattr(self, name)[places] for name in _NAMES))

    def where(self, chosen: Mask, other: "Standings") -> "Standings":
        """These, and those of `other` for the accounts chosen."""
        return Standings(*(np.where(chosen, getattr(other, name), getattr(self, name)) for name in _NAMES))

    def same_as(self, other: "Standings") -> bool:
        return all(bool(np.array_equal(getattr(self, name), getattr(other, name))) for name in _NAMES)


@dataclass(frozen=True)
class Move:
    """That an account came to a stage (empty: it left), or that the overlay came or went while the stage stayed.

    previous: the stage it stood at before; the same where only the overlay changed.
    version: of the pipeline.  evidence: what decided it, as plain data.
    """

    account: int
    pipeline: str
    version: int
    stage: str
    overlay: str
    previous: str
    on: date
    evidence: Mapping[str, Any] = field(default_factory=dict, compare=False)


class Moving(Protocol):
    """A move as it was made, or as the ledger keeps it."""

    @property
    def pipeline(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def overlay(self) -> str: ...
    @property
    def on(self) -> date: ...


class Stored(Moving, Protocol):
    """A move as the ledger keeps it."""

    @property
    def account_id(self) -> int: ...


def standings_of(accounts: Ints, moves: Iterable[Stored]) -> Standings:
    """Where accounts stand after these moves, given in the order in which they happened."""
    found = Standings.none(len(accounts))
    places = {int(pk): place for place, pk in enumerate(accounts.tolist())}
    for move in moves:
        place = places.get(move.account_id)
        if place is not None:
            _apply(found, place, move)
    return found


def _apply(found: Standings, place: int, move: Stored) -> None:
    day = number_of(move.on)
    if found.stage[place] != move.stage:
        found.entered_on[place] = day if move.stage else NEVER
    if found.overlay[place] != move.overlay:
        found.overlay_on[place] = day if move.overlay else NEVER
    found.stage[place], found.overlay[place] = move.stage, move.overlay
    found.pipeline[place] = move.pipeline if move.stage else ""


def _empty(n: int) -> Words:
    return np.full(n, "", object)


_NAMES = ("pipeline", "stage", "entered_on", "overlay", "overlay_on")
