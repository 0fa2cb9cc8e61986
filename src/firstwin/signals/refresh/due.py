"""What is to be written of what was made: only what differs from what the ledger remembers."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import msgspec

from firstwin.signals.ledger.standing import Stay
from firstwin.signals.refresh.compute import Made
from firstwin.signals.refresh.state import Before
from firstwin.signals.risks.fold import Kept
from firstwin.signals.risks.found import Found, Known
from firstwin.signals.scores import ENGINE
from firstwin.signals.scores.compute import ScoreRow
from firstwin.signals.segments.stays import stays
from firstwin.signals.stages.standing import Move


@dataclass(frozen=True)
class Score:
    """A reading to be added."""

    scorecard: str
    version: int
    is_primary: bool
    row: ScoreRow


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


def due_of(made: Made, *, is_exact: bool = False) -> dict[int, Due]:
    """Account → what is to be written of it; accounts without any are left out.

    is_exact: only what differs in points, for a check within the day: values drift, and are written once a day.
    """
    found: dict[int, Due] = defaultdict(Due)
    _readings(made, found, is_exact=is_exact)
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
        if not is_exact and (kept.is_changed or kept.episode.last_on < made.at.on):
            found[kept.found.account].kept.append(kept)
    for cleared in made.changes.cleared:
        found[cleared.account].cleared.append(cleared)
    return dict(found)


def _readings(made: Made, found: dict[int, Due], *, is_exact: bool) -> None:
    accounts = made.accounts.tolist()
    for card, scores in made.scores.items():
        version = made.definitions.scorecards[card].number
        before = made.state.readings.get(card, {})
        for place in made.places[card].tolist():
            pk = accounts[place]
            row = scores.row(place)
            is_primary = made.cards[place][0] == card
            last = before.get(pk)
            if last is None or _differs(made, last, row, version, is_primary=is_primary, is_exact=is_exact):
                found[pk].readings.append(Score(card, version, is_primary, row))


def _differs(made: Made, last: Before, row: ScoreRow, version: int, *, is_primary: bool, is_exact: bool) -> bool:
    kept = last.kept
    if (kept.version, kept.engine, kept.is_primary) != (version, ENGINE, is_primary):
        return True
    counts = made.state.primary.get(kept.account_id)
    if is_primary and counts is not None and counts.scorecard != kept.scorecard:
        return True  # it counts again
    if last.result == row.result:
        return False
    was, now = substance(last.inputs, last.result), substance(row.inputs, row.result)
    if was[0] != now[0]:
        return True
    return not is_exact and kept.on < made.at.on and was[1] != now[1]


def substance(inputs: bytes, result: bytes) -> tuple[Any, Any]:
    """(points and all that is made of them; values as stored). The day itself, and days counted from it, are neither:
    as long as nothing else changes, a reading holds from day to day."""
    told, given = msgspec.json.decode(result), msgspec.json.decode(inputs)
    told.pop("on")
    told["measures"] = [[*measure[:3], *measure[4:]] for measure in told["measures"]]
    return told, [measure[:3] for measure in given["measures"]]


def _said(row: ScoreRow) -> str:
    return f"{row.score / 100:.1f}" if row.score is not None else row.band
