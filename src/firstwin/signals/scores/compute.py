"""Scores of all accounts of a frame at once, under one version of a scorecard."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from firstwin.people.config.store import Definition
from firstwin.science.scoring import FULL, NOTHING, Card, Given, Scored, bands
from firstwin.science.scoring import scored as scored_all
from firstwin.signals.kinds.scorecard import Scorecard
from firstwin.signals.scores.gathered import AccountFrame, Gathered, gathered
from firstwin.signals.scores.judged import Judged
from firstwin.signals.scores.remembered import Remembered
from firstwin.signals.scores.states import States, states
from firstwin.signals.scores.written import BANDS, Writer

Ints = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]


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

    def row(self, place: int, result: bytes | None = None) -> ScoreRow:
        """One account as it is published. Given its result, where it was made already.

        result: on, score, computed (before anybody set it), band, coverage, least (coverage needed), worst (key),
        measures: [key, state, what the value is, value, points, weight, contribution, [last points, day] or null],
        groups: [key, points, weight, contribution, of which by what people set, how many measures], shift (what
        setting the score made), set: [level, target, points, id]. Points and contributions are hundredths, weights
        millionths.
        """
        band = int(self.band_places[place])
        return ScoreRow(
            int(self.found.score[place]) if band else None,
            BANDS[band],
            int(self.found.coverage[place]),
            self._writer.inputs(place),
            self.result(place) if result is None else result,
        )

    def result(self, place: int) -> bytes:
        """The result of `row` alone."""
        return self._writer.result(place)

    def remembered(self) -> Remembered:
        """What the next reading has to know, when this one is not asked of the ledger."""
        points, on = self.states.memory
        return Remembered(self.accounts, tuple(one.key for one in self.card.measures), points, on)

    @cached_property
    def _writer(self) -> Writer:
        return Writer(self, _of_full(self.card.least_coverage))


def scored(
    frame: AccountFrame, card: Definition, *, remembered: Remembered | None = None, judged: Judged | None = None
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
