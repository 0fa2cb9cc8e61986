"""Scores of all accounts of a frame at once, under one version of a scorecard."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from firstwin.core.conditions.mask import FrameLike
from firstwin.people.audit import canonical
from firstwin.people.config.store import Definition
from firstwin.science.scoring import FULL, NOTHING, Card, Given, Scored, bands
from firstwin.science.scoring import scored as scored_all
from firstwin.signals.kinds.scorecard import Scorecard
from firstwin.signals.scores.gathered import Gathered, gathered, set_of
from firstwin.signals.scores.judged import Judged
from firstwin.signals.scores.remembered import Remembered
from firstwin.signals.scores.states import STATES, States, states

Ints = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]

BANDS = ("unknown", "red", "amber", "green")


class ScoreRow(NamedTuple):
    """score: hundredths of a point, None when unknown.  coverage: of 10,000.  inputs, result: canonical JSON."""

    score: int | None
    band: str
    coverage: int
    inputs: bytes
    result: bytes


@dataclass(frozen=True)
class Scores:
    """Of the accounts of a frame, in their order. Bytes are made for those that are asked for."""

    accounts: Ints
    card: Scorecard
    gathered: Gathered
    states: States
    found: Scored
    band_places: Ints

    def __len__(self) -> int:
        return len(self.accounts)

    @property
    def score(self) -> Ints:
        """Hundredths of a point; NOTHING (-1) where it is unknown."""
        return np.where(self.band_places > 0, self.found.score, NOTHING)

    @property
    def band(self) -> Objects:
        """unknown, red, amber or green."""
        return np.array(BANDS, object)[self.band_places]

    @property
    def coverage(self) -> Ints:
        """Share of weight with data, of 10,000."""
        return self.found.coverage

    def row(self, place: int) -> ScoreRow:
        """One account as it is published."""
        score = int(self.found.score[place]) if self.band_places[place] else None
        return ScoreRow(
            score,
            BANDS[self.band_places[place]],
            int(self.found.coverage[place]),
            self.gathered.inputs(place),
            canonical(self.plain(place)),
        )

    def plain(self, place: int) -> dict[str, Any]:
        """The result as plain data.

        measures: [key, state, what the value is, value, points, weight, contribution, [last points, day] or null].
        groups: [key, points, weight, contribution, of which by what people set, how many measures].  Points and
        contributions are hundredths, weights millionths.  computed: the score before anybody set it.
        shift: what setting it made.
        """
        told = self._plain
        score = told.score[place] if self.band_places[place] else None
        worst = told.worst[place]
        shift = told.score_shift[place]
        has_score = told.score[place] != NOTHING
        return {
            "on": self.gathered.on.isoformat(),
            "score": score,
            "computed": told.score[place] - shift if has_score else None,
            "band": BANDS[self.band_places[place]],
            "coverage": told.coverage[place],
            "least": _of_full(self.card.least_coverage),
            "worst": None if worst == NOTHING else self.card.measures[worst].key,
            "measures": [told.measure(row, place) for row in range(len(self.card.measures))],
            "groups": [told.group(row, place) for row in range(len(self.card.groups))],
            "shift": shift,
            "set": set_of(self.gathered.in_force[place]),
        }

    def remembered(self) -> Remembered:
        """What the next reading has to know, when this one is not asked of the ledger."""
        points, on = self.states.memory
        return Remembered(self.accounts, tuple(one.key for one in self.card.measures), points, on)

    @cached_property
    def _plain(self) -> "_Plain":
        return _Plain.of(self)


def scored(
    frame: FrameLike, card: Definition, *, remembered: Remembered | None = None, judged: Judged | None = None
) -> Scores:
    """Score every account of the frame. remembered: what their last readings knew.  judged: what people set."""
    parsed: Scorecard = card.parsed
    found = gathered(frame, card.key, parsed, remembered or Remembered.nothing(), judged or Judged())
    return scores_of(parsed, found, frame.accounts)


def scores_of(card: Scorecard, found: Gathered, accounts: Ints) -> Scores:
    """From what was gathered, by whichever way."""
    measured = states(card, found)
    n = len(found)
    group_set, score_set = _set_by_people(card, found, n)
    given = Given(
        points=measured.points,
        applies=measured.applies,
        counts=measured.counts,
        has_data=measured.has_data,
        group_set=group_set,
        score_set=score_set,
    )
    result = scored_all(_skeleton(card), given)
    places = bands(
        result.score,
        result.coverage,
        amber_from=_of_full(card.amber_from / 100),
        green_from=_of_full(card.green_from / 100),
        least=_of_full(card.least_coverage),
        is_set=score_set >= 0,
    )
    return Scores(accounts, card, found, measured, result, places)


def _skeleton(card: Scorecard) -> Card:
    return Card(
        tuple(place for place, group in enumerate(card.groups) for _ in group.measures),
        tuple(measure.weight for measure in card.measures),
        tuple(group.weight for group in card.groups),
    )


def _set_by_people(card: Scorecard, found: Gathered, n: int) -> tuple[Ints, Ints]:
    groups = {group.key: row for row, group in enumerate(card.groups)}
    group_set, score_set = np.full((len(groups), n), NOTHING, np.int64), np.full(n, NOTHING, np.int64)
    for place, some in enumerate(found.in_force):
        for one in some:
            if one.level == "group":
                group_set[groups[one.target], place] = one.points * 100
            elif one.level == "overall":
                score_set[place] = one.points * 100
    return group_set, score_set


def _of_full(share: float) -> int:
    return int(share * FULL + 0.5)


@dataclass(frozen=True)
class _Plain:
    """Lists of plain numbers, made once: asking arrays one by one is slow."""

    score: list[int]
    coverage: list[int]
    worst: list[int]
    score_shift: list[int]
    measures: list[tuple[str, str, list[int], list[Any], list[int], list[int], list[int], list[Any]]]
    groups: list[tuple[str, list[int], list[int], list[int], list[int], int]]

    @classmethod
    def of(cls, scores: Scores) -> "_Plain":
        found, measured, on = scores.found, scores.states, scores.gathered.on
        weights, group_weights = _millionths(found.weights), _millionths(found.group_weights)
        points = np.where(measured.counts & measured.applies, measured.points, NOTHING)
        own = np.zeros_like(found.group_shifts)
        row = 0
        for place, group in enumerate(scores.card.groups):
            for _ in group.measures:
                own[place] += found.contributions[row]
                row += 1
        lasts = _lasts(scores)
        measures = [
            (measure.key, held.code, measured.state[row].tolist(), _shown(held.spoken(on), held.known),
             points[row].tolist(), weights[row].tolist(), found.contributions[row].tolist(), lasts[row])
            for row, (measure, held) in enumerate(zip(scores.card.measures, scores.gathered.held, strict=True))
        ]  # fmt: skip
        groups = [
            (group.key, found.group_points[row].tolist(), group_weights[row].tolist(),
             (own[row] + found.group_shifts[row]).tolist(), found.group_shifts[row].tolist(), len(group.measures))
            for row, group in enumerate(scores.card.groups)
        ]  # fmt: skip
        return cls(found.score.tolist(), found.coverage.tolist(), found.worst.tolist(), found.score_shift.tolist(),
                   measures, groups)  # fmt: skip

    def measure(self, row: int, place: int) -> list[Any]:
        key, code, state, shown, points, weights, contributions, lasts = self.measures[row]
        known = points[place]
        return [
            key, STATES[state[place]], code, shown[place], None if known == NOTHING else known, weights[place],
            contributions[place], lasts[place],
        ]  # fmt: skip

    def group(self, row: int, place: int) -> list[Any]:
        key, points, weights, contributions, shifts, size = self.groups[row]
        known = points[place]
        return [key, None if known == NOTHING else known, weights[place], contributions[place], shifts[place], size]


def _lasts(scores: Scores) -> list[list[Any]]:
    """[points, day] where they are not those of today's value."""
    points, on = scores.states.memory
    told = []
    for row in range(len(points)):
        is_own = scores.states.state[row] == STATES.index("scored")
        told.append(
            [
                None if own or known == NOTHING else [known, day]
                for own, known, day in zip(is_own.tolist(), points[row].tolist(), on[row].tolist(), strict=True)
            ]
        )
    return told


def _shown(values: "npt.NDArray[Any]", known: "npt.NDArray[np.bool_]") -> list[Any]:
    """Plain values, floats rounded; None where unknown. Whole numbers are told as such."""
    if values.dtype.kind == "f":
        values = np.round(values, 6)
        return [
            (int(one) if one == int(one) else one) if there else None
            for one, there in zip(values.tolist(), known.tolist(), strict=True)
        ]
    return [one if there else None for one, there in zip(values.tolist(), known.tolist(), strict=True)]


def _millionths(values: "npt.NDArray[np.float64]") -> Ints:
    return np.floor(values * 1e6 + 0.5).astype(np.int64)
