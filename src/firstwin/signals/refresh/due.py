"""What is to be written of what was made: only what differs from what the ledger remembers."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

import msgspec

from firstwin.signals.ledger.standing import Kept as Reading
from firstwin.signals.ledger.standing import Stay
from firstwin.signals.refresh.compute import Made
from firstwin.signals.risks.fold import Kept
from firstwin.signals.risks.found import Found, Known
from firstwin.signals.scores import ENGINE
from firstwin.signals.scores.compute import ScoreRow
from firstwin.signals.scores.outcome import Outcome, read
from firstwin.signals.segments.stays import stays
from firstwin.signals.stages.standing import Move


@dataclass(frozen=True)
class Score:
    """A reading to be added.  told: its result.  is_exact: it differs in points, not only in values that drift."""

    scorecard: str
    version: int
    is_primary: bool
    row: ScoreRow
    told: Outcome
    is_exact: bool = True


@dataclass
class Due:
    """Of one account."""

    readings: list[Score] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    entered: list[str] = field(default_factory=list)
    left: list[Stay] = field(default_factory=list)
    opened: list[Found] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    cleared: list[Known] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        """What differs, in words."""
        found = [f"{one.scorecard}: {_said(one.row)}" for one in self.readings]
        found += [f"stage {move.stage or 'none'}" for move in self.moves]
        found += [f"entered {key}" for key in self.entered] + [f"left {stay.segment}" for stay in self.left]
        found += [f"found {one.detector}" for one in self.opened]
        return found + [f"cleared {one.detector}" for one in self.cleared]

    @property
    def exact(self) -> "Due | None":
        """Only what differs in points, for a check within the day: values drift, and are written once a day."""
        left = replace(self, readings=[one for one in self.readings if one.is_exact], kept=[])
        return left if any((left.readings, left.moves, left.entered, left.left, left.opened, left.cleared)) else None


def due_of(made: Made, *, is_exact: bool = False) -> dict[int, Due]:
    """Account → what is to be written of it; accounts without any are left out.  is_exact: see `Due.exact`."""
    found: dict[int, Due] = defaultdict(Due)
    _readings(made, found)
    for move in made.moves:
        found[move.account].moves.append(move)
    open_stays = {(pk, key): stay for pk, some in made.state.stays.items() for key, stay in some.items()}
    turnover = stays(open_stays, made.accounts, made.segments, unasked=made.unasked)
    for pk, key in turnover.entered:
        found[pk].entered.append(key)
    for pk, key in turnover.left:
        found[pk].left.append(open_stays[pk, key])
    for opened in made.changes.opened:
        found[opened.account].opened.append(opened)
    for kept in made.changes.kept:
        if kept.is_changed:
            found[kept.found.account].kept.append(kept)
    for cleared in made.changes.cleared:
        found[cleared.account].cleared.append(cleared)
    if is_exact:
        return exactly(found)
    return dict(found)


def exactly(due: Mapping[int, Due]) -> dict[int, Due]:
    """What of it differs in points."""
    return {pk: exact for pk, one in due.items() if (exact := one.exact) is not None}


def _readings(made: Made, found: dict[int, Due]) -> None:
    accounts = made.accounts.tolist()
    for card, scores in made.scores.items():
        version = made.definitions.scorecards[card].number
        before = made.state.readings.get(card, {})
        for own, place in enumerate(made.places[card].tolist()):
            pk = accounts[place]
            is_primary = made.cards[place][0] == card
            last = before.get(pk)
            if last is None or _is_other(made, last.kept, version, is_primary=is_primary):
                row = scores.row(own)
                found[pk].readings.append(Score(card, version, is_primary, row, read(row.result)))
            elif last.result != (result := scores.result(own)):  # within a day all but a few end here
                told = read(result)
                is_exact = points_of(last.outcome) != points_of(told)
                if not is_exact and last.kept.on >= made.at.on:
                    continue
                row = scores.row(own, result)
                if is_exact or values_of(last.inputs) != values_of(row.inputs):
                    found[pk].readings.append(Score(card, version, is_primary, row, told, is_exact))


def _is_other(made: Made, kept: Reading, version: int, *, is_primary: bool) -> bool:
    """Whether the last reading says something else, whatever its points."""
    if (kept.version, kept.engine, kept.is_primary) != (version, ENGINE, is_primary):
        return True
    counts = made.state.primary.get(kept.account_id)
    return is_primary and counts is not None and counts.scorecard != kept.scorecard  # it counts again


_POINTS = attrgetter("key", "state", "code", "points", "weight", "contribution", "last")
_REST = attrgetter("score", "computed", "band", "coverage", "least", "worst", "shift", "groups", "set")


def points_of(told: Outcome) -> Any:
    """Points and all that is made of them. The day itself, and days counted from it, are neither: as long as nothing
    else changes, a reading holds from day to day."""
    return _REST(told), [_POINTS(one) for one in told.measures]


def values_of(inputs: bytes) -> Any:
    """Values as stored."""
    return [measure[:3] for measure in msgspec.json.decode(inputs)["measures"]]


def _said(row: ScoreRow) -> str:
    return f"{row.score / 100:.1f}" if row.score is not None else row.band
