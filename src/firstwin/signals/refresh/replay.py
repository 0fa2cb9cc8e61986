"""History once more, from facts: what differs from what was published, and which late or corrected facts made it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec

from firstwin.core import clock
from firstwin.core.frames import At
from firstwin.signals.frame.sitting import Sitting, sitting
from firstwin.signals.refresh.compute import Made
from firstwin.signals.refresh.definitions import Definitions
from firstwin.signals.refresh.due import Score, due_of
from firstwin.signals.refresh.late import Late, late_facts
from firstwin.signals.refresh.once import make
from firstwin.signals.refresh.state import Before
from firstwin.signals.scores.compute import ScoreRow

AHEAD = 8
"""Days told to the sitting at once."""

Under = Callable[[At], Definitions]


@dataclass(frozen=True)
class Side:
    """score: hundredths; None when unknown."""

    version: int
    score: int | None
    band: str


@dataclass(frozen=True)
class Difference:
    """A score on a day that is not what was published. published: None where nothing was.

    inputs: measure → (what it was made of then, what it is made of now).  facts: what was learned since.
    is_by_the_hour: at the moment of its publication it comes out as published; what differs came with the hours of
    that day (a promise that ran out), not with a fact.
    """

    account_id: int
    on: date
    scorecard: str
    published: Side | None
    published_at: datetime | None
    replayed: Side
    inputs: dict[str, tuple[Any, Any]]
    facts: tuple[Late, ...]
    is_by_the_hour: bool = False

    @property
    def why(self) -> str:
        if self.published is None:
            return "nothing was published by then"
        if self.is_by_the_hour:
            return "the hour moved on"
        if self.facts:
            return "facts that came later"
        if self.published.version != self.replayed.version:
            return "another version"
        return "signals were behind facts" if self.inputs else "computed differently"


def replay(
    account_ids: Collection[int],
    days: Sequence[date],
    *,
    now: datetime,
    under: Under,
    with_hindsight: bool = False,
) -> Iterator[tuple[date, list[Difference]]]:
    """Day by day. under: the definitions for a moment.  with_hindsight: by what is known now, not by then."""
    ats = [_at(day, now, with_hindsight=with_hindsight) for day in days]
    with sitting(account_ids, now=now) as facts:
        for place, at in enumerate(ats):
            if place % AHEAD == 0:
                facts.prepare(ats[place : place + AHEAD])
            yield at.on, _differences(facts, at, under(at), with_hindsight=with_hindsight)


def replayed(facts: Sitting, at: At, definitions: Definitions) -> Made:
    """Everything again as of a moment, by what the ledger held then."""
    return make(facts, at, definitions)


def _at(day: date, now: datetime, *, with_hindsight: bool) -> At:
    if day >= clock.day_of(now):
        return At.of(now)
    return At.close_of(day, known_by=now if with_hindsight else None)


def _differences(facts: Sitting, at: At, definitions: Definitions, *, with_hindsight: bool) -> list[Difference]:
    # What the ledger remembers is that of the day itself, however much is known of its facts.
    made = replayed(facts, at, definitions)
    due = due_of(made, is_exact=True)
    found = [_difference(made, pk, score) for pk, one in sorted(due.items()) for score in one.readings]
    kept = [one for one in found if one.published is not None or _is_watched(made, one.account_id)]
    return [_looked_at_again(one, definitions) for one in kept]


def _looked_at_again(one: Difference, definitions: Definitions) -> Difference:
    """Whether it comes out as published at the moment of its publication, where no late fact explains it."""
    is_open = one.published is not None and not one.facts and one.published.version == one.replayed.version
    if not is_open or one.published_at is None:
        return one
    with sitting([one.account_id]) as facts:
        due = due_of(make(facts, At.of(one.published_at), definitions), is_exact=True)
    scores = due[one.account_id].readings if one.account_id in due else []
    return replace(one, is_by_the_hour=all(score.scorecard != one.scorecard for score in scores))


def _is_watched(made: Made, account_id: int) -> bool:
    """Whether anything was ever published of it by then."""
    return account_id in made.state.primary


def _difference(made: Made, pk: int, score: Score) -> Difference:
    before = made.state.readings.get(score.scorecard, {}).get(pk)
    return Difference(
        account_id=pk,
        on=made.at.on,
        scorecard=score.scorecard,
        published=None if before is None else Side(before.kept.version, before.kept.score, before.kept.band),
        published_at=None if before is None else before.kept.at,
        replayed=Side(score.version, score.row.score, score.row.band),
        inputs={} if before is None else _inputs(before, score.row),
        facts=() if before is None else tuple(late_facts(pk, since=before.kept.at, until=made.at.known_by)),
    )


def _inputs(before: Before, row: ScoreRow) -> dict[str, tuple[Any, Any]]:
    """Measures whose input is another, in the words of the readings. Those of one side only have None on the other."""
    was, now = (_by_measure(*one) for one in ((before.inputs, before.result), (row.inputs, row.result)))
    return {
        key: (was.get(key), now.get(key)) for key in dict.fromkeys([*was, *now]) if was.get(key) != now.get(key)
    }  # fmt: skip


def _by_measure(inputs: bytes, result: bytes) -> dict[str, Any]:
    keys = [one[0] for one in msgspec.json.decode(result)["measures"]]
    values = [one[1] for one in msgspec.json.decode(inputs)["measures"]]
    return dict(zip(keys, values, strict=True))
