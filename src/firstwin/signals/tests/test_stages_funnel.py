"""The funnel: how long stages take, and what is not known yet."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core.conditions import EVERYTHING
from firstwin.people.models import User
from firstwin.signals.actions.pause_stage import pause
from firstwin.signals.kinds.pipeline import Pipeline, Stage
from firstwin.signals.models import StageMove
from firstwin.signals.stages.funnel import funnel, passage
from firstwin.signals.stages.stays import BACK, LEFT, ONWARD, STILL, Moves, Stays, stays

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
TODAY = date(2026, 6, 1)
FIRST = date(2026, 1, 1)
KEYS = ("setup", "activation", "adoption")
PIPELINE = Pipeline(
    "default", "Default", tuple(Stage(key, key.title(), None, ()) for key in KEYS), EVERYTHING, EVERYTHING
)
EVERYONE = AccountSet.everyone("a test")


def _moves(account: Account, *path: tuple[str, int], **more: Any) -> None:
    """(stage, day)"""
    previous = ""
    for stage, n in path:
        on = FIRST + timedelta(days=n)
        StageMove.objects.create(
            account=account, **({"pipeline": "default", "version": 1, "at": NOW} | more),
            stage=stage, previous=previous, on=on,
        )  # fmt: skip
        previous = stage


@pytest.fixture
def account(owner: User) -> Callable[..., Account]:
    def make(name: str, **now: Any) -> Account:
        found = open_account(by=owner, name=name, now=NOW)
        AccountNow.objects.filter(pk=found.pk).update(**now)
        return found

    return make


@pytest.mark.django_db
def test_only_accounts_one_may_see_are_counted(account: Callable[..., Account], stranger: User) -> None:
    _moves(account("a"), ("setup", 0))
    assert funnel(AccountSet.of(stranger), PIPELINE, now=NOW) == []
    assert funnel(EVERYONE.only([]), PIPELINE, now=NOW) == []


@pytest.mark.django_db
def test_the_funnel_by_segment_owner_and_month(account: Callable[..., Account], owner: User) -> None:
    _moves(account("a", segments="|big|new|"), ("setup", 0), ("activation", 10))
    _moves(account("b", segments="|big|"), ("setup", 40), ("activation", 60), ("", 70))
    _moves(account("c"), ("setup", 41))
    (everybody,) = funnel(EVERYONE, PIPELINE, now=NOW)
    setup, activation, _ = everybody.passages
    assert (everybody.accounts, setup.n, setup.onward, setup.still, setup.left) == (3, 3, 2, 1, 0)
    assert (activation.n, activation.still, activation.left, activation.onward) == (2, 1, 1, 0)
    by_segment = {group.key: group.accounts for group in funnel(EVERYONE, PIPELINE, now=NOW, by="segment")}
    assert by_segment == {"big": 2, "new": 1, None: 1}
    assert [group.key for group in funnel(EVERYONE, PIPELINE, now=NOW, by="month")] == ["2026-01", "2026-02"]
    assert [group.key for group in funnel(EVERYONE, PIPELINE, now=NOW, by="owner")] == [owner.pk]
    (late,) = funnel(EVERYONE, PIPELINE, now=NOW, since=date(2026, 2, 1))
    assert late.accounts == 2
    with pytest.raises(ValueError, match="no way to group"):
        funnel(EVERYONE, PIPELINE, now=NOW, by="colour")


@pytest.mark.django_db
def test_paused_days_are_left_out_of_times(account: Callable[..., Account], owner: User) -> None:
    found = account("a")
    _moves(found, ("setup", 0))
    pause(by=owner, account=found, reason="summer", now=NOW - timedelta(days=51))
    (group,) = funnel(EVERYONE, PIPELINE, now=NOW)
    assert stays(_columns([("setup", 0)], 1), KEYS, TODAY).days.tolist() == [151]
    assert (group.passages[0].still, group.stays.days.tolist()) == (1, [100])


@pytest.mark.django_db
def test_going_over_to_another_pipeline_ends_the_stay(account: Callable[..., Account]) -> None:
    found = account("a")
    _moves(found, ("setup", 0))
    _moves(found, ("setup", 30), pipeline="other")
    (group,) = funnel(EVERYONE, PIPELINE, now=NOW)
    assert (group.passages[0].left, group.passages[0].still) == (1, 0)


@pytest.mark.django_db
def test_of_another_pipeline_and_of_what_was_restated_nothing_is_told(account: Callable[..., Account]) -> None:
    found = account("a")
    _moves(found, ("setup", 0), ("activation", 9), pipeline="other")
    _moves(found, ("setup", 20))
    _moves(found, ("activation", 25), restated_at=NOW)
    (group,) = funnel(EVERYONE, PIPELINE, now=NOW, by="month")
    assert (group.key, group.accounts, [one.n for one in group.passages]) == ("2026-01", 1, [1, 0, 0])
    assert (group.passages[0].still, group.passages[1].n) == (1, 0)


def _columns(path: Sequence[tuple[str, int]], step: int) -> Moves:
    days = [(FIRST + timedelta(days=n * step)).isoformat() for _, n in path]
    return Moves.of([([1] * len(path), [stage for stage, _ in path], days)])


def _told(*ended: tuple[int, int, int]) -> Stays:
    """(how many, for how many days, how they ended)"""
    days, ends = (np.array([one[n] for one in ended for _ in range(one[0])], np.int64) for n in (1, 2))
    none = np.zeros(len(days), np.int64)
    return Stays(none, none, none, days, ends, days, none)


def test_times_are_not_those_of_the_quick_alone() -> None:
    """Three of ten went on within 20 days, seven wait for 50 days: the mean of those through would be 12 days."""
    found = passage("setup", "Setup", _told((1, 5, ONWARD), (1, 10, ONWARD), (1, 20, ONWARD), (7, 50, STILL)))
    assert found.median is None and found.p90 is None
    assert found.conversion == 1.0
    assert found.likely is not None and found.likely[0] == pytest.approx(0.3)
    assert found.stalls == 0


def test_who_left_another_way_can_no_longer_go_on() -> None:
    found = passage("setup", "Setup", _told((6, 5, ONWARD), (4, 3, LEFT)))
    assert found.median == 5 and found.p90 is None
    assert found.conversion == pytest.approx(0.6)


def test_who_waits_for_longer_than_the_median_stalls() -> None:
    found = passage("setup", "Setup", _told((8, 5, ONWARD), (1, 40, STILL), (1, 2, STILL)))
    assert (found.median, found.stalls, found.is_few) == (5, 1, False)


def test_of_nobody_nothing_is_said() -> None:
    found = passage("setup", "Setup", _told())
    assert (found.n, found.median, found.conversion, found.likely, found.is_few) == (0, None, None, None, True)


PATH = st.lists(st.sampled_from([*KEYS, "", "gone"]), max_size=8)


@given(PATH, st.integers(1, 20))
def test_stays_follow_one_another_and_end_as_the_next_begins(path: list[str], step: int) -> None:
    found = stays(_columns([(stage, n) for n, stage in enumerate(path)], step), KEYS, FIRST + timedelta(days=400))
    assert (found.end == STILL).sum() <= 1
    assert (found.days >= 0).all() and (found.started <= found.since).all()
    assert (found.until[:-1] <= found.since[1:]).all()
    assert len(found) == sum(bool(stage) for n, stage in enumerate(path) if not n or stage != path[n - 1])


@given(st.lists(PATH, max_size=4), st.integers(1, 20))
def test_stays_of_many_are_those_that_each_has_when_one_goes_from_move_to_move(
    paths: list[list[str]], step: int
) -> None:
    today, moves = FIRST + timedelta(days=400), []
    for account, path in enumerate(paths, 1):
        moves += [(account, stage, FIRST + timedelta(days=n * step)) for n, stage in enumerate(path)]
    ids, stages, days = zip(*moves, strict=True) if moves else ((), (), ())
    found = stays(Moves.of([(ids, stages, [day.isoformat() for day in days])]), KEYS, today)
    told = zip(found.account, found.stage, found.since, found.until, found.end, found.started, strict=True)
    plain = [one for account, path in enumerate(paths, 1) for one in _one_by_one(account, path, step, today)]
    assert [tuple(map(int, one)) for one in told] == plain


def _one_by_one(account: int, path: list[str], step: int, today: date) -> list[tuple[int, ...]]:
    changes = [(stage, n * step) for n, stage in enumerate(path) if not n or stage != path[n - 1]]
    zero, started = (FIRST - date(1970, 1, 1)).days, 0
    found: list[tuple[int, ...]] = []
    for place, (stage, on) in enumerate(changes):
        if not place or not changes[place - 1][0]:
            started = on
        after = changes[place + 1] if place + 1 < len(changes) else None
        rank = {key: n for n, key in enumerate(KEYS)}
        until = after[1] if after else (today - FIRST).days
        end = STILL if after is None else LEFT if not after[0] else BACK
        if after and after[0] and rank.get(after[0], -1) > rank.get(stage, -1):
            end = ONWARD
        if stage:
            found.append((account, rank.get(stage, -1), zero + on, zero + until, end, zero + started))
    return found
