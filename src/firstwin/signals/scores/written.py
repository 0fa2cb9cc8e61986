"""Readings as bytes: inputs and results in canonical JSON.

A full pass writes a hundred thousand of them, so the text is put together by hand. It is what `audit.canonical` would
make of the same data: sorted keys, no spaces, ASCII.
"""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from firstwin.people.audit import canonical
from firstwin.science.scoring import NOTHING
from firstwin.signals.scores.gathered import set_of
from firstwin.signals.scores.states import SCORED, STATES

if TYPE_CHECKING:
    from firstwin.signals.scores.compute import Scores

BANDS = ("unknown", "red", "amber", "green")
Lists = list[list[Any]]

_TEXTS: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: "null",
    bool: lambda value: "true" if value else "false",
    int: repr,
    float: repr,
    str: json.dumps,
}


class Writer:
    """Plain numbers of all accounts, made once: asking arrays one by one is slow."""

    def __init__(self, scores: "Scores", least: int) -> None:
        found, measured, gathered = scores.found, scores.states, scores.gathered
        self._in_force = gathered.in_force
        self._on = json.dumps(gathered.on.isoformat())
        self._least = least
        self._score, self._coverage = found.score.tolist(), found.coverage.tolist()
        self._shift, self._bands = found.score_shift.tolist(), scores.band_places.tolist()
        worst = [json.dumps(one.key) for one in scores.card.measures]
        self._worst = [worst[place] if place != NOTHING else "null" for place in found.worst.tolist()]
        self._measures = _measures(scores)
        self._groups = _groups(scores)
        self._inputs = [
            (f'["{one.code}",', one.values.tolist(), None if one.before is None else one.before.tolist(),
             one.known.tolist(), one.variant.tolist(), points, days)
            for one, points, days in zip(
                gathered.held, gathered.last_points.tolist(), gathered.last_on.tolist(), strict=True
            )
        ]  # fmt: skip
        self._memory = [part.tolist() for part in measured.memory]

    def result(self, place: int) -> bytes:
        """Of one account, as `Scores.row` says."""
        score, shift, band = self._score[place], self._shift[place], self._bands[place]
        parts = []
        for row, (heads, shown, state, points, weights, gives) in enumerate(self._measures):
            is_, value, worth = state[place], shown[place], points[place]
            last = "null" if is_ == SCORED else self._last(row, place)
            parts.append(
                f"{heads[is_]}{_TEXTS[type(value)](value)},{'null' if worth < 0 else worth},"
                f"{weights[place]},{gives[place]},{last}]"
            )
        groups = []
        for head, points, weights, gives, shifts, size in self._groups:
            worth = points[place]
            groups.append(
                f"{head}{'null' if worth < 0 else worth},{weights[place]},{gives[place]},{shifts[place]},{size}]"
            )
        computed = "null" if score == NOTHING else score - shift
        return (
            f'{{"band":"{BANDS[band]}","computed":{computed},"coverage":{self._coverage[place]},'
            f'"groups":[{",".join(groups)}],"least":{self._least},"measures":[{",".join(parts)}],"on":{self._on},'
            f'"score":{score if band else "null"},"set":{self._set(place)},"shift":{shift},'
            f'"worst":{self._worst[place]}}}'
        ).encode()

    def inputs(self, place: int) -> bytes:
        """measures: [what a value is, value as stored, variant, [last points, day] or null]; a change is [now, then].

        `recomputed` makes the result of it and the definition alone.
        """
        parts = []
        for head, values, before, known, variant, points, days in self._inputs:
            if not known[place]:
                value = "null"
            else:
                value = _TEXTS[type(values[place])](values[place])
                if before is not None:
                    value = f"[{value},{_TEXTS[type(before[place])](before[place])}]"
            last = "null" if points[place] < 0 else f"[{points[place]},{days[place]}]"
            parts.append(f"{head}{value},{variant[place]},{last}]")
        return f'{{"measures":[{",".join(parts)}],"on":{self._on},"set":{self._set(place)}}}'.encode()

    def _last(self, row: int, place: int) -> str:
        points, days = self._memory
        return "null" if points[row][place] < 0 else f"[{points[row][place]},{days[row][place]}]"

    def _set(self, place: int) -> str:
        in_force = self._in_force[place]
        return canonical(set_of(in_force)).decode() if in_force else "[]"


def _measures(scores: "Scores") -> list[tuple[list[str], list[Any], list[int], list[int], list[int], list[int]]]:
    found, measured, on = scores.found, scores.states, scores.gathered.on
    points = np.where(measured.counts & measured.applies, measured.points, NOTHING).tolist()
    weights, gives, state = millionths(found.weights).tolist(), found.contributions.tolist(), measured.state.tolist()
    return [
        ([f'["{measure.key}","{word}","{held.code}",' for word in STATES], shown(held.spoken(on), held.known),
         state[row], points[row], weights[row], gives[row])
        for row, (measure, held) in enumerate(zip(scores.card.measures, scores.gathered.held, strict=True))
    ]  # fmt: skip


def _groups(scores: "Scores") -> list[tuple[str, list[int], list[int], list[int], list[int], int]]:
    found = scores.found
    gives = group_contributions(scores).tolist()
    points, weights = found.group_points.tolist(), millionths(found.group_weights).tolist()
    shifts = found.group_shifts.tolist()
    return [
        (f'["{group.key}",', points[row], weights[row], gives[row], shifts[row], len(group.measures))
        for row, group in enumerate(scores.card.groups)
    ]


def group_contributions(scores: "Scores") -> "npt.NDArray[np.int64]":
    """Of its measures, and of what a person set for it."""
    given = scores.found.group_shifts.copy()
    row = 0
    for place, group in enumerate(scores.card.groups):
        for _ in group.measures:
            given[place] += scores.found.contributions[row]
            row += 1
    return given


def shown(values: "npt.NDArray[Any]", known: "npt.NDArray[np.bool_]") -> list[Any]:
    """Plain values, floats rounded; None where unknown. Whole numbers are told as such."""
    if values.dtype.kind == "f":
        values = np.round(values, 6)
        whole = values == np.floor(values)
        return [
            (int(one) if is_whole else one) if there else None
            for one, is_whole, there in zip(values.tolist(), whole.tolist(), known.tolist(), strict=True)
        ]
    return [one if there else None for one, there in zip(values.tolist(), known.tolist(), strict=True)]


def millionths(values: "npt.NDArray[np.float64]") -> "npt.NDArray[np.int64]":
    return np.floor(values * 1e6 + 0.5).astype(np.int64)
