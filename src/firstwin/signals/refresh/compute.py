"""All signals of some accounts at one moment: a pure function of frame, definitions and state.

Segments that read no signal → experience → stage → scores of its scorecards → findings → all other segments. What is
computed becomes a column of the frame, so that what comes later reads it as any other field.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstwin.core.errors import Refused
from firstwin.core.frames import At, Column
from firstwin.people.config.store import Definition
from firstwin.signals.frame.frame import Frame, Ints
from firstwin.signals.frame.part import Part
from firstwin.signals.refresh import columns
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.refresh.state import State
from firstwin.signals.risks.detect import Fired, detected
from firstwin.signals.risks.fold import Changes, folded
from firstwin.signals.risks.found import Found, Known
from firstwin.signals.risks.silence import silent
from firstwin.signals.scores.compute import ScoreRow, Scores, scored
from firstwin.signals.scores.frozen import goes_on
from firstwin.signals.segments.layers import layers
from firstwin.signals.segments.membership import masks
from firstwin.signals.segments.serving import experience_of
from firstwin.signals.stages.fold import moved
from firstwin.signals.stages.pace import Paces, paces
from firstwin.signals.stages.standing import Move, Standings

logger = logging.getLogger(__name__)

Mask = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Made:
    """Over accounts in the order of the frame.

    segments: where each holds.  unasked: those that could not be asked, with the reason.  experience: its key, empty
    where none serves.
    cards: the scorecards of each account, the first is primary; none where nothing is scored any more.  scores: by
    scorecard, of the accounts at `places` and in their order.
    """

    at: At
    accounts: Ints
    definitions: Definitions
    state: State
    segments: Mapping[str, Mask]
    unasked: Mapping[str, str]
    experience: Words
    standings: Standings
    moves: list[Move]
    pace: Paces
    cards: Sequence[tuple[str, ...]]
    scores: Mapping[str, Scores]
    places: Mapping[str, Ints]
    found: list[Found]
    changes: Changes

    def row(self, card: str, place: int) -> ScoreRow:
        """What one of its scorecards says of the account at that place of the frame."""
        return self.scores[card].row(int(np.searchsorted(self.places[card], place)))


def computed(frame: Frame, definitions: Definitions, state: State, *, alarms: Fired | None = None) -> Made:
    """Sets signals as columns of the frame as it goes. alarms: of detectors that go by the budget of alarms."""
    order = layers(definitions.segments, frame.vocabulary)
    problems: dict[str, str] = {}
    held, experience = served(frame, definitions, problems)
    which = pipelines_of(experience, definitions)
    standings, moves = moved(frame, definitions.pipelines, which, state.standings, problems=problems)
    pace = paces(frame, definitions.pipelines, standings, state.pauses, held)
    frame.set_columns(columns.stages(standings, pace))
    cards = _cards(experience, definitions, goes_on(frame))
    scores, places = _scores(frame, definitions, state, cards)
    frame.set_columns(_health(frame, state, cards, scores, places))
    found = _found(frame, definitions, state, alarms, problems)
    remembered = [one for one in state.episodes if one.detector not in problems]
    changes = folded(found, remembered, frame.at, definitions.detectors)
    frame.set_columns(columns.risks(still_open(changes, frame.at), len(frame)))
    held |= masks(frame, _some(definitions, order.after), held, problems=problems)
    return Made(
        frame.at, frame.accounts, definitions, state, held, problems, experience, standings, moves, pace, cards,
        scores, places, found, changes,
    )  # fmt: skip


def served(frame: Frame, definitions: Definitions, problems: dict[str, str]) -> tuple[dict[str, Mask], Words]:
    """Where the segments that read no signal hold, and the experience of each account: what comes before stages. Sets
    what follows from it as columns of the frame."""
    order = layers(definitions.segments, frame.vocabulary)
    held = dict(masks(frame, _some(definitions, order.before), problems=problems))
    experience = experience_of(held, definitions.experiences, len(frame))
    frame.set_columns({"experience": columns.words(experience)})
    frame.set_columns(silent(frame, definitions.experiences, experience))
    return held, experience


def _found(
    frame: Frame, definitions: Definitions, state: State, alarms: Fired | None, problems: dict[str, str]
) -> list[Found]:
    """What all detectors find. One that cannot be asked finds nothing, and clears nothing."""
    is_open: dict[str, list[Known]] = {key: [] for key in definitions.detectors}
    for one in state.episodes:
        if one.cleared_on is None and one.detector in is_open:
            is_open[one.detector].append(one)
    found: list[Found] = []
    for key, detector in definitions.detectors.items():
        try:
            found += detected(frame, {key: detector}, alarms=alarms, open_episodes=is_open[key])
        except Refused as refused:
            logger.warning("The detector %s cannot be asked: %s", key, refused.message)
            problems[key] = refused.message
    return sorted(found, key=lambda one: (one.place, one.detector, one.cause))


def _some(definitions: Definitions, keys: Sequence[str]) -> Mapping[str, Definition]:
    return {key: definitions.segments[key] for key in keys}


def still_open(changes: Changes, at: At) -> list[Found]:
    """What is open after the day, those put aside left out."""
    return [*changes.opened, *(kept.found for kept in changes.kept if not kept.episode.is_aside(at.on))]


def pipelines_of(experience: Words, definitions: Definitions) -> Words:
    """The key of each account's pipeline."""
    of = {key: one.parsed.pipeline for key, one in definitions.experiences.items()}
    return _each(experience, of)


def _each(keys: Words, of: Mapping[str, str]) -> Words:
    found = np.full(len(keys), "", object)
    for key, word in of.items():
        found[keys == key] = word
    return found


def _cards(experience: Words, definitions: Definitions, is_scored: Mask) -> list[tuple[str, ...]]:
    """The scorecards of each account, those that are not defined left out; none where nothing is scored any more."""
    of = {
        key: tuple(card for card in one.parsed.scorecards if card in definitions.scorecards)
        for key, one in definitions.experiences.items()
    }
    return [
        of.get(key, ()) if scores else () for key, scores in zip(experience.tolist(), is_scored.tolist(), strict=True)
    ]


def _scores(
    frame: Frame, definitions: Definitions, state: State, cards: Sequence[tuple[str, ...]]
) -> tuple[dict[str, Scores], dict[str, Ints]]:
    """Each scorecard over the accounts whose it is, and which those are."""
    wanted: dict[str, list[int]] = {}
    for place, some in enumerate(cards):
        for card in some:
            wanted.setdefault(card, []).append(place)
    scores, places = {}, {card: np.array(some, np.int64) for card, some in wanted.items()}
    for card in sorted(wanted):
        own = frame if len(places[card]) == len(frame) else Part(frame, places[card])
        try:
            scores[card] = scored(
                own, definitions.scorecards[card], remembered=state.remembered(card), judged=state.judged
            )
        except Refused as refused:  # what it said last stands
            logger.warning("The scorecard %s cannot be asked: %s", card, refused.message)
    return scores, {card: places[card] for card in scores}


def _health(
    frame: Frame,
    state: State,
    cards: Sequence[tuple[str, ...]],
    scores: Mapping[str, Scores],
    places: Mapping[str, Ints],
) -> dict[str, Column]:
    """Of the primary scorecard of each account; what is not scored any more keeps its last reading."""
    n = len(frame)
    score, coverage = np.full(n, -1, np.int64), np.zeros(n, np.int64)
    band, has = np.full(n, "", object), np.zeros(n, np.bool_)
    for place, pk in enumerate(frame.accounts.tolist()):
        if not cards[place] and (last := state.primary.get(pk)) is not None:
            score[place] = -1 if last.score is None else last.score
            band[place], coverage[place], has[place] = last.band, last.coverage, True
    for card, found in scores.items():
        counts = np.array([cards[place][0] == card for place in places[card].tolist()], np.bool_)
        mine = places[card][counts]
        score[mine], coverage[mine], band[mine] = found.score[counts], found.coverage[counts], found.band[counts]
        has[mine] = True
    return columns.health(score, band, coverage, has, [state.week_ago.get(pk) for pk in frame.accounts.tolist()])
