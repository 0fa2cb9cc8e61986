"""How accounts move through their stages: how many stand where, how long they take, how many go on, where they stall.

Accounts still at a stage have only lasted so long; leaving it another way makes going on impossible. Both are counted
as what they are (`science.survival`), so that a slow stage does not look quick because only the quick are through it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from firstwin.accounts.bulk import plain_rows
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.frames import At
from firstwin.science.survival import CENSORED, COMPETING, EVENT, Incidence, incidence
from firstwin.signals.kinds.pipeline import Pipeline
from firstwin.signals.models import StageMove
from firstwin.signals.models.kinds import Pace
from firstwin.signals.stages.pauses import pauses
from firstwin.signals.stages.stays import End, Stay, stays

FEW = 5
"""Stays below which times and shares say nothing."""

_HOW = {End.STILL: CENSORED, End.ONWARD: EVENT, End.BACK: COMPETING, End.LEFT: COMPETING}


@dataclass(frozen=True)
class Standing:
    """Who stands at a stage now. arr_minor: their ARR; None where it is known of none.  overlaid: of those, under the
    overlay.  stuck_minor: ARR of the stuck ones."""

    stage: str
    label: str
    accounts: int
    arr_minor: int | None
    on_track: int
    behind: int
    stuck: int
    paused: int
    overlaid: int
    stuck_minor: int


@dataclass(frozen=True)
class Passage:
    """What became of those who came to a stage.

    n: stays.  onward, back, left, still: how they ended.  median, p90: days until half, and nine of ten, of all who
    came had gone on; None: not reached.  conversion: share of those whose stay has ended that went on; None of nobody.
    likely: share that had gone on by the last day on which anything is known, with its interval.
    stalls: those still there for longer than the median.
    """

    stage: str
    label: str
    n: int
    onward: int
    back: int
    left: int
    still: int
    median: int | None
    p90: int | None
    conversion: float | None
    likely: tuple[float, float, float] | None
    stalls: int

    @property
    def is_few(self) -> bool:
        return self.n < FEW


@dataclass(frozen=True)
class Group:
    """Passages of some accounts, in the order of stages.  key: a segment, the id of an owner, a month; None: none."""

    key: Any
    accounts: int
    passages: list[Passage]

    @property
    def stall(self) -> Passage | None:
        """Where most wait for longer than half of all took, enough stays provided."""
        known = [passage for passage in self.passages if not passage.is_few and passage.stalls]
        return max(known, key=lambda passage: passage.stalls, default=None)


class _Move(NamedTuple):
    """What of a move stays are made of."""

    account_id: int
    pipeline: str
    stage: str
    overlay: str
    on: date


def standing_now(accounts: AccountSet, pipeline: Pipeline) -> list[Standing]:
    """Stage by stage who stands there, by the latest move of each account and the pace last published."""
    latest: dict[int, _Move] = {}
    for move in _moves(accounts, pipeline.key):
        latest[move.account_id] = move
    now = {
        pk: (arr, pace)
        for pk, arr, pace in accounts.now().values_list("account_id", "arr_minor", "stage_pace")
    }  # fmt: skip
    here: dict[str, list[_Move]] = {}
    for pk, move in latest.items():
        if pk in now:
            here.setdefault(move.stage, []).append(move)
    return [_standing(stage.key, stage.label, here.get(stage.key, []), now) for stage in pipeline.stages]


def funnel(
    accounts: AccountSet,
    pipeline: Pipeline,
    *,
    now: datetime,
    by: str = "",
    since: date | None = None,
) -> list[Group]:
    """by: `segment`, `owner`, `month` (in which accounts came onto the pipeline), or nothing for all together.

    An account in several segments counts in each of them.  since: only accounts that came onto the pipeline from then
    on.  Segment and owner are those of now.
    """
    today = clock.day_of(now)
    rows = _moves(accounts, pipeline.key)
    ids = sorted({row.account_id for row in rows})
    told = stays(rows, [stage.key for stage in pipeline.stages], today, pauses(ids, At.of(now)))
    if since is not None:
        told = [stay for stay in told if stay.started >= since]
    groups: dict[Any, list[Stay]] = {}
    keys = _keys(accounts, by)
    for stay in told:
        for key in keys(stay):
            groups.setdefault(key, []).append(stay)
    ordered = sorted(groups.items(), key=lambda pair: (pair[0] is None, str(pair[0])))
    return [Group(key, len({stay.account for stay in some}), _passages(some, pipeline)) for key, some in ordered]


def passage(stage: str, label: str, told: Sequence[Stay]) -> Passage:
    """What became of these stays at one stage."""
    ends = Counter(stay.end for stay in told)
    found = incidence([stay.days for stay in told], [_HOW[stay.end] for stay in told])
    ended = len(told) - ends[End.STILL]
    median = found.median
    return Passage(
        stage=stage, label=label, n=len(told), onward=ends[End.ONWARD], back=ends[End.BACK], left=ends[End.LEFT],
        still=ends[End.STILL], median=median, p90=_reached(found, 0.9),
        conversion=ends[End.ONWARD] / ended if ended else None, likely=_last(found),
        stalls=sum(stay.end == End.STILL and median is not None and stay.days > median for stay in told),
    )  # fmt: skip


def _passages(told: Iterable[Stay], pipeline: Pipeline) -> list[Passage]:
    by_stage: dict[str, list[Stay]] = {}
    for stay in told:
        by_stage.setdefault(stay.stage, []).append(stay)
    return [passage(stage.key, stage.label, by_stage.get(stage.key, [])) for stage in pipeline.stages]


def _reached(found: Incidence, share: float) -> int | None:
    """The first time by which so many had gone on; None: not reached."""
    for time, had in zip(found.times.tolist(), found.share.tolist(), strict=True):
        if had >= share - 1e-12:
            return int(time)
    return None


def _last(found: Incidence) -> tuple[float, float, float] | None:
    if not len(found.times):
        return None
    return float(found.share[-1]), float(found.low[-1]), float(found.high[-1])


def _standing(stage: str, label: str, moves: Sequence[_Move], now: Mapping[int, tuple[Any, Any]]) -> Standing:
    known = [(move, *now[move.account_id]) for move in moves]
    paces = Counter(pace for _, _, pace in known)
    money = [arr for _, arr, _ in known if arr is not None]
    return Standing(
        stage=stage, label=label, accounts=len(known), arr_minor=sum(money) if money else None,
        on_track=paces[Pace.ON_TRACK], behind=paces[Pace.BEHIND], stuck=paces[Pace.STUCK], paused=paces[Pace.PAUSED],
        overlaid=sum(move.overlay != "" for move, _, _ in known),
        stuck_minor=sum(arr or 0 for _, arr, pace in known if pace == Pace.STUCK),
    )  # fmt: skip


def _moves(accounts: AccountSet, pipeline: str) -> list[_Move]:
    """Of accounts that were ever on this pipeline: where they left it for another one, that ends their stay."""
    rows = StageMove.objects.filter(accounts.q("account_id"), restated_at__isnull=True)
    told = plain_rows(rows.order_by("account_id", "on", "id").values_list(*_Move._fields))
    found: list[_Move] = []
    here = 0  # the account whose moves these are, once it was on this pipeline
    for account, key, stage, overlay, on in told:
        if key == pipeline:
            here = account
        elif account == here:
            stage = overlay = ""
        else:
            continue
        found.append(_Move(account, key, stage, overlay, _day(on)))
    return found


@cache
def _day(told: date | str) -> date:
    """SQLite tells days as text."""
    return told if isinstance(told, date) else date.fromisoformat(told)


def _keys(accounts: AccountSet, by: str) -> Callable[[Stay], Sequence[Any]]:
    if by == "":
        return lambda stay: (None,)
    if by == "month":
        return lambda stay: (f"{stay.started:%Y-%m}",)
    if by == "owner":
        owners = dict(accounts.now().values_list("account_id", "owner_id"))
        return lambda stay: (owners.get(stay.account),)
    if by == "segment":
        words = dict(accounts.now().values_list("account_id", "segments"))
        return lambda stay: [key for key in (words.get(stay.account) or "").split("|") if key] or [None]
    raise ValueError(f"{by!r} is no way to group: segment, owner or month")
