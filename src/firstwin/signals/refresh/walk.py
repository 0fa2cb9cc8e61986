"""Going through history day by day in memory: what each day leaves is what the next one remembers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from firstwin.core.frames import At
from firstwin.signals.frame.sitting import Sitting
from firstwin.signals.ledger.columns import CHANGE_DAYS
from firstwin.signals.ledger.standing import Kept, Stay
from firstwin.signals.refresh.compute import Made, computed
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.refresh.due import Due, due_of
from firstwin.signals.refresh.state import Before, State
from firstwin.signals.risks.alarms import alarms_of
from firstwin.signals.risks.found import Known
from firstwin.signals.scores import ENGINE
from firstwin.signals.scores.judged import judged
from firstwin.signals.stages.pauses import pauses
from firstwin.signals.stages.standing import Standings

AHEAD = 26
"""Dates told to the sitting at once."""

Under = Callable[[At], Definitions]


@dataclass(frozen=True)
class Step:
    """One day. due: by account, what it says that the days before did not."""

    made: Made
    due: dict[int, Due]


@dataclass
class Walk:
    """standings: where accounts stood before the first day (nobody anywhere unless given), or on each of them."""

    facts: Sitting
    under: Under
    standings: Callable[[At], Standings] | None = None
    state: State | None = None
    _scores: list[tuple[date, dict[int, int | None]]] = field(default_factory=list)

    def through(self, ats: Sequence[At]) -> Iterator[Step]:
        """Each day in turn."""
        state = self.state or State.nothing(self.facts.accounts)
        for place, at in enumerate(ats):
            if place % AHEAD == 0:
                self.facts.prepare(ats[place : place + AHEAD])
            state = self._at(state, at)
            under = self.under(at)
            alarms = alarms_of(self.facts.accounts, at, under.detectors)
            made = computed(self.facts.frame(at), under, state, alarms=alarms)
            due = due_of(made)
            yield Step(made, due)
            state = self._after(made, due)

    def _at(self, state: State, at: At) -> State:
        """With what people had judged by then."""
        ids = self.facts.accounts.tolist()
        limit = at.on - timedelta(days=CHANGE_DAYS)
        past = next((scores for on, scores in reversed(self._scores) if on <= limit), {})
        standings = self.standings(at) if self.standings is not None else state.standings
        return replace(
            state, pauses=pauses(ids, at), judged=judged(ids, at), week_ago=past, standings=standings
        )  # fmt: skip

    def _after(self, made: Made, due: dict[int, Due]) -> State:
        state, at = made.state, made.at
        readings = {card: dict(some) for card, some in state.readings.items()}
        primary = dict(state.primary)
        for pk, one in due.items():
            for score in one.readings:
                row = score.row
                kept = Kept(
                    0, pk, score.scorecard, score.version, ENGINE, at.on, at.moment, score.is_primary, row.score,
                    row.band, row.coverage,
                )  # fmt: skip
                readings.setdefault(score.scorecard, {})[pk] = Before(kept, row.inputs, row.result)
                if score.is_primary:
                    primary[pk] = kept
        self._scores.append((at.on, {pk: one.score for pk, one in primary.items()}))
        return replace(
            state,
            standings=made.standings,
            readings=readings,
            primary=primary,
            stays=_stays(made, due),
            episodes=_episodes(made),
            refreshed={int(pk): (at.moment, at.on) for pk in made.accounts},
        )


def _stays(made: Made, due: dict[int, Due]) -> dict[int, dict[str, Stay]]:
    found = {pk: dict(some) for pk, some in made.state.stays.items()}
    for pk, one in due.items():
        for stay in one.left:
            del found[pk][stay.segment]
        for key in one.entered:
            version = made.definitions.segments[key].number
            found.setdefault(pk, {})[key] = Stay(0, pk, key, version, made.at.on)
    return found


def _episodes(made: Made) -> tuple[Known, ...]:
    on, changes = made.at.on, made.changes
    found = [
        Known(one.account, one.detector, one.cause, on, on, said=_said(one)) for one in changes.opened
    ]  # fmt: skip
    found += [replace(kept.episode, last_on=on, said=_said(kept.found)) for kept in changes.kept]
    found += [replace(known, cleared_on=on) for known in changes.cleared]
    touched = {(known.key, known.first_on) for known in found}
    return (*(one for one in made.state.episodes if (one.key, one.first_on) not in touched), *found)


def _said(one: object) -> tuple[int, str, int | None, dict[str, object]]:
    return one.severity, one.words, one.stake_minor, dict(one.evidence)  # type: ignore[attr-defined]
