"""One step of a pipeline: where accounts stand by what is true at a frame's moment, from where they stood before.

In a step an account leaves or enters; an overlay that ended sends it back to where renewed accounts go; a stage whose
`back` holds takes it back; then it goes on, as far as `done` holds stage by stage, but never past one whose `back`
holds, so that it cannot swing between two stages on days alike; at last the overlay comes.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from firstwin.core.conditions import Condition
from firstwin.core.conditions.mask import mask
from firstwin.core.errors import Refused
from firstwin.people.config.store import Definition
from firstwin.signals import evidence
from firstwin.signals.frame.frame import Frame
from firstwin.signals.kinds.pipeline import Pipeline
from firstwin.signals.stages.standing import NEVER, Ints, Mask, Move, Standings, Words

logger = logging.getLogger(__name__)


def moved(
    frame: Frame,
    pipelines: Mapping[str, Definition],
    which: Words,
    state: Standings,
    *,
    problems: dict[str, str] | None = None,
) -> tuple[Standings, list[Move]]:
    """Where accounts stand at `frame.at`, and how they came there: rising by account, each one's moves in order.

    which: key of each account's pipeline; one that is not defined, or empty, takes it off the one it is on.
    problems: takes, by key, what is wrong with a pipeline that cannot be asked (a field of it is gone); its accounts
    stay where they stood, and without `problems` it raises Refused.
    """
    after, moves = state.copy(), _Moves(frame)
    stands = np.asarray(state.stage != "", np.bool_)
    _take_off(after, moves, stands & ~np.isin(which.astype(str), list(pipelines)))
    for key in sorted(pipelines):
        here = np.asarray(which == key, np.bool_)
        if not here.any():
            continue
        step = _Step(frame, pipelines[key], here, after, moves)
        try:
            step.ask()
        except Refused as refused:
            if problems is None:
                raise
            logger.warning("The pipeline %s cannot be asked: %s", key, refused.message)
            problems[key] = refused.message
            continue
        step.run()
    return after, moves.in_order()


@dataclass
class _Moves:
    """What happened in a step, with what each move was decided by."""

    frame: Frame
    found: dict[int, list[Move]] = field(default_factory=dict)
    asked: dict[tuple[int, ...], tuple[evidence.Values, tuple[str, ...]]] = field(default_factory=dict)

    def add(self, place: int, definition: tuple[str, int], standing: Standings, previous: str, *why: Condition) -> None:
        key = tuple(map(id, why))
        if key not in self.asked:
            self.asked[key] = evidence.Values(self.frame, evidence.keys_read(why)), evidence.collections_of(why)
        known, collections = self.asked[key]
        move = Move(
            account=int(self.frame.accounts[place]),
            pipeline=definition[0],
            version=definition[1],
            stage=str(standing.stage[place]),
            overlay=str(standing.overlay[place]),
            previous=previous,
            on=self.frame.at.on,
            evidence=known.at(place) | evidence.counts(self.frame, collections, place),
        )
        self.found.setdefault(place, []).append(move)

    def in_order(self) -> list[Move]:
        return [move for place in sorted(self.found) for move in self.found[place]]


def _take_off(state: Standings, moves: _Moves, where: Mask) -> None:
    """Accounts whose pipeline is gone, or that are served without one."""
    for place in np.flatnonzero(where).tolist():
        previous, pipeline = str(state.stage[place]), str(state.pipeline[place])
        _leave(state, place)
        moves.add(place, (pipeline, 0), state, previous)


def _leave(state: Standings, place: int) -> None:
    state.pipeline[place] = state.stage[place] = state.overlay[place] = ""
    state.entered_on[place] = state.overlay_on[place] = NEVER


class _Step:
    """One pipeline, over those of the frame's accounts that are on it."""

    def __init__(self, frame: Frame, definition: Definition, here: Mask, state: Standings, moves: _Moves) -> None:
        self.frame, self.here, self.state, self.moves = frame, here, state, moves
        self.pipeline: Pipeline = definition.parsed
        self.named = (definition.key, definition.number)
        self.day = evidence.number_of(frame.at.on)
        self.keys = [stage.key for stage in self.pipeline.stages]
        self._holds: dict[int, Mask] = {}
        self.index: Ints = np.zeros(0, np.int64)

    def ask(self) -> None:
        """Everything that will be needed, so that nobody is moved by half of it. Raises Refused."""
        pipeline = self.pipeline
        for tree in (pipeline.starts, pipeline.ends, pipeline.overlay_where):
            if tree is not None:
                self._true(tree)
        for stage in pipeline.stages:
            for tree in (stage.done, stage.back):
                if tree is not None:
                    self._true(tree)

    def run(self) -> None:
        self.index = self._index()
        self._come_over()
        self._end_and_start()
        self._end_overlay()
        self._fall_back()
        self._go_on()
        self._begin_overlay()

    def _come_over(self) -> None:
        """Who was on another pipeline, or at a stage that is gone, begins at the same stage here or at the first."""
        stands = self.here & (self.state.stage != "")
        for place in np.flatnonzero(stands & (self.state.pipeline != self.named[0])).tolist():
            self.state.pipeline[place] = self.named[0]
            self._place_at(place, self._known(place), str(self.state.stage[place]))
        for place in np.flatnonzero(stands & ~np.isin(self.state.stage.astype(str), self.keys)).tolist():
            self._place_at(place, 0, str(self.state.stage[place]))

    def _end_and_start(self) -> None:
        ends, starts = self._true(self.pipeline.ends), self._true(self.pipeline.starts)
        stands = self.state.stage != ""
        for place in np.flatnonzero(self.here & stands & ends).tolist():
            previous = str(self.state.stage[place])
            _leave(self.state, place)
            self.index[place] = -1
            self.moves.add(place, self.named, self.state, previous, self.pipeline.ends)
        for place in np.flatnonzero(self.here & ~stands & starts & ~ends).tolist():
            self.state.pipeline[place] = self.named[0]
            self._place_at(place, 0, "", self.pipeline.starts)

    def _end_overlay(self) -> None:
        over = self.here & (self.state.overlay != "")
        key = self.pipeline.overlay.key if self.pipeline.overlay else ""
        stays = self._overlaid() & (self.state.overlay == key)
        for place in np.flatnonzero(over & ~stays).tolist():
            self.state.overlay[place], self.state.overlay_on[place] = "", NEVER
            previous = str(self.state.stage[place])
            target = self.keys.index(self.pipeline.renewed_to) if self.pipeline.renewed_to else None
            if target is not None and self.index[place] > target:  # never further than it had come
                self._stand(place, target)
            self.moves.add(place, self.named, self.state, previous, *self._overlay_where())

    def _fall_back(self) -> None:
        for target, stage in enumerate(self.pipeline.stages):
            if stage.back is None:
                continue
            for place in np.flatnonzero(self.here & (self.index > target) & self._true(stage.back)).tolist():
                self._place_at(place, target, str(self.state.stage[place]), stage.back)

    def _go_on(self) -> None:
        for place_of_stage, stage in enumerate(self.pipeline.stages[:-1]):
            if stage.done is None:
                break
            goes = self.here & (self.index == place_of_stage) & self._true(stage.done)
            if stage.back is not None:
                goes &= ~self._true(stage.back)
            for place in np.flatnonzero(goes).tolist():
                self._place_at(place, place_of_stage + 1, stage.key, stage.done)

    def _begin_overlay(self) -> None:
        begins = self.here & (self.state.stage != "") & (self.state.overlay == "") & self._overlaid()
        for place in np.flatnonzero(begins).tolist():
            assert self.pipeline.overlay is not None
            self.state.overlay[place], self.state.overlay_on[place] = self.pipeline.overlay.key, self.day
            self.moves.add(place, self.named, self.state, str(self.state.stage[place]), *self._overlay_where())

    def _place_at(self, place: int, target: int, previous: str, *why: Condition) -> None:
        if self.keys[target] != previous:
            self._stand(place, target)
        self.moves.add(place, self.named, self.state, previous, *why)

    def _stand(self, place: int, target: int) -> None:
        self.state.stage[place], self.state.entered_on[place] = self.keys[target], self.day
        self.index[place] = target

    def _known(self, place: int) -> int:
        stage = str(self.state.stage[place])
        return self.keys.index(stage) if stage in self.keys else 0

    def _index(self) -> Ints:
        found = np.full(len(self.state), -1, np.int64)
        for place, key in enumerate(self.keys):
            found[self.state.stage == key] = place
        return found

    def _overlaid(self) -> Mask:
        where = self.pipeline.overlay_where
        if self.pipeline.overlay is None or where is None:
            return np.zeros(len(self.state), np.bool_)
        return self._true(where)

    def _overlay_where(self) -> tuple[Condition, ...]:
        return (self.pipeline.overlay_where,) if self.pipeline.overlay_where is not None else ()

    def _true(self, tree: Condition) -> Mask:
        if id(tree) not in self._holds:
            self._holds[id(tree)] = mask(tree, self.frame, self.frame.at.on)
        return self._holds[id(tree)]
