"""How accounts move through their stages: how long they take, how many go on, where they stall.

Accounts still at a stage have only lasted so long; leaving it another way makes going on impossible. Both are counted
as what they are (`science.survival`), so that a slow stage does not look quick because only the quick are through it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Cast

from firstwin.accounts.bulk import plain_rows
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.frames import At
from firstwin.science.survival import Incidence, incidence
from firstwin.signals.evidence import number_of
from firstwin.signals.kinds.pipeline import Pipeline
from firstwin.signals.models import StageMove
from firstwin.signals.stages.pauses import pauses
from firstwin.signals.stages.standing import Ints
from firstwin.signals.stages.stays import BACK, LEFT, OFF, ONWARD, STILL, WAITS, Moves, Stays, stays

FEW = 5
"""Stays below which times and shares say nothing."""
_AT_ONCE = 2_000  # more iterators at once would make Python look for garbage all the time


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
    """Passages of some accounts, in the order of stages, worked out when asked for.

    key: a segment, the id of an owner, a month; None: none.
    """

    key: Any
    stays: Stays
    pipeline: Pipeline

    @cached_property
    def accounts(self) -> int:
        return len(np.unique(self.stays.account))

    @cached_property
    def passages(self) -> list[Passage]:
        told = self.stays
        return [
            passage(stage.key, stage.label, told.taken(told.stage == place))
            for place, stage in enumerate(self.pipeline.stages)
        ]

    @property
    def stall(self) -> Passage | None:
        """Where most wait for longer than half of all took, enough stays provided."""
        known = [passage for passage in self.passages if not passage.is_few and passage.stalls]
        return max(known, key=lambda passage: passage.stalls, default=None)


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
    moves = _moves(accounts, pipeline.key)
    ids = None if accounts.account_q is None else np.unique(moves.account).tolist()
    paused = pauses(ids, At.of(now))
    told = stays(moves, [stage.key for stage in pipeline.stages], clock.day_of(now), paused)
    if since is not None:
        told = told.taken(told.started >= number_of(since))
    groups = [Group(key, told.taken(places), pipeline) for key, places in _parts(accounts, by, told) if len(places)]
    return sorted(groups, key=lambda one: (one.key is None, str(one.key)))


def passage(stage: str, label: str, told: Stays) -> Passage:
    """What became of these stays at one stage."""
    onward, back, left, still = (int((told.end == how).sum()) for how in (ONWARD, BACK, LEFT, STILL))
    found = incidence(told.days, WAITS[told.end])
    ended, median = len(told) - still, found.median
    return Passage(
        stage=stage, label=label, n=len(told), onward=onward, back=back, left=left, still=still,
        median=median, p90=_reached(found, 0.9), conversion=onward / ended if ended else None, likely=_last(found),
        stalls=int(((told.end == STILL) & (told.days > median)).sum()) if median is not None else 0,
    )  # fmt: skip


def _reached(found: Incidence, share: float) -> int | None:
    """The first time by which so many had gone on; None: not reached."""
    places = np.flatnonzero(found.share >= share - 1e-12)
    return int(found.times[places[0]]) if len(places) else None


def _last(found: Incidence) -> tuple[float, float, float] | None:
    if not len(found.times):
        return None
    return float(found.share[-1]), float(found.low[-1]), float(found.high[-1])


def _moves(accounts: AccountSet, pipeline: str) -> Moves:
    """Going over to another pipeline ends the stay on this one."""
    rows = StageMove.objects.filter(accounts.q("account_id"), restated_at__isnull=True)
    here = Case(When(pipeline=pipeline, then=F("stage")), default=Value(OFF))
    on = Cast("on", TextField())  # sqlite3 makes a date of a column of days, one call each
    return Moves.of(_columns(rows.order_by("account_id", "on", "id").values_list("account_id", here, on)))


def _columns(rows: Any) -> Iterator[tuple[Any, ...]]:
    """Of a `values_list`, as the database gives them, so many rows at once."""
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:  # nobody can be in the set
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while some := cursor.fetchmany(_AT_ONCE):
            yield tuple(zip(*some, strict=True))


def _parts(accounts: AccountSet, by: str, told: Stays) -> Iterator[tuple[Any, Ints]]:
    """(key, places of the stays) of each group, in their order; groups may overlap."""
    if by == "":
        yield None, np.arange(len(told))
    elif by == "month":
        months, place = np.unique(_month(told.started), return_inverse=True)
        yield from zip(map(str, months), _split(place, len(months)), strict=True)
    elif by == "owner":
        owners, place = _now(accounts, "owner_id", told.account)
        yield from zip(owners, _split(place, len(owners)), strict=True)
    elif by == "segment":
        words, place = _now(accounts, "segments", told.account)
        inside = [{key for key in (some or "").split("|") if key} or {None} for some in words]
        for segment in set[str | None]().union(*inside):
            mine = [n for n, keys in enumerate(inside) if segment in keys]
            yield segment, np.flatnonzero(np.isin(place, mine))
    else:
        raise ValueError(f"{by!r} is no way to group: segment, owner or month")


def _month(days: Ints) -> Any:
    return days.astype("datetime64[D]").astype("datetime64[M]")


def _split(group: Ints, groups: int) -> list[Ints]:
    """For each group the places where it stands."""
    order = np.argsort(group, kind="stable")
    return np.split(order, np.searchsorted(group[order], np.arange(1, groups)))[:groups]


def _now(accounts: AccountSet, column: str, asked: Ints) -> tuple[Sequence[Any], Ints]:
    """(the values of a column, that of no account first; for each account asked for the place of its value)."""
    known = dict(plain_rows(accounts.now().order_by().values_list("account_id", column)))
    place = {value: n for n, value in enumerate(dict.fromkeys([None, *known.values()]))}
    told, back = np.unique(asked, return_inverse=True)
    places = np.fromiter((place[known.get(pk)] for pk in told.tolist()), np.int64, len(told))
    return list(place), places[back]
