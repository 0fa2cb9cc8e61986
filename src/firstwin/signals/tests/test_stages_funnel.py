"""The board and the funnel: who stands where, how long stages take, and what is not known yet."""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

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
from firstwin.signals.stages.funnel import funnel, passage, standing_now
from firstwin.signals.stages.stays import End, Stay, stays

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
def test_the_board_counts_accounts_and_what_they_bring(account: Callable[..., Account]) -> None:
    _moves(account("a", arr_minor=100, stage_pace="stuck"), ("setup", 0))
    _moves(account("b", arr_minor=50, stage_pace="on_track"), ("setup", 0))
    _moves(account("c", stage_pace="paused"), ("setup", 0), ("activation", 4))
    _moves(account("d", arr_minor=9), ("setup", 0), ("", 4))
    _moves(account("e", arr_minor=9), ("setup", 0), restated_at=NOW)
    setup, activation, adoption = standing_now(EVERYONE, PIPELINE)
    assert (setup.accounts, setup.arr_minor, setup.stuck, setup.on_track, setup.stuck_minor) == (2, 150, 1, 1, 100)
    assert (activation.accounts, activation.arr_minor, activation.paused) == (1, None, 1)
    assert adoption.accounts == 0


@pytest.mark.django_db
def test_only_accounts_one_may_see_are_counted(account: Callable[..., Account], stranger: User) -> None:
    _moves(account("a"), ("setup", 0))
    assert [one.accounts for one in standing_now(AccountSet.of(stranger), PIPELINE)] == [0, 0, 0]
    assert funnel(AccountSet.of(stranger), PIPELINE, now=NOW) == []


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
    rows = list(StageMove.objects.all())
    assert stays(rows, KEYS, TODAY)[0].days == 151
    assert group.passages[0].still == 1


@pytest.mark.django_db
def test_going_over_to_another_pipeline_ends_the_stay(account: Callable[..., Account]) -> None:
    found = account("a")
    _moves(found, ("setup", 0))
    _moves(found, ("setup", 30), pipeline="other")
    (group,) = funnel(EVERYONE, PIPELINE, now=NOW)
    assert (group.passages[0].left, group.passages[0].still) == (1, 0)
    assert [one.accounts for one in standing_now(EVERYONE, PIPELINE)] == [0, 0, 0]


def _stay(days: int, end: End) -> Stay:
    return Stay(1, "setup", FIRST, None, end, days, FIRST)


def test_times_are_not_those_of_the_quick_alone() -> None:
    """Three of ten went on within 20 days, seven wait for 50 days: the mean of those through would be 12 days."""
    told = [_stay(n, End.ONWARD) for n in (5, 10, 20)] + [_stay(50, End.STILL)] * 7
    found = passage("setup", "Setup", told)
    assert found.median is None and found.p90 is None
    assert found.conversion == 1.0
    assert found.likely is not None and found.likely[0] == pytest.approx(0.3)
    assert found.stalls == 0


def test_who_left_another_way_can_no_longer_go_on() -> None:
    found = passage("setup", "Setup", [_stay(5, End.ONWARD)] * 6 + [_stay(3, End.LEFT)] * 4)
    assert found.median == 5 and found.p90 is None
    assert found.conversion == pytest.approx(0.6)


def test_who_waits_for_longer_than_the_median_stalls() -> None:
    found = passage("setup", "Setup", [_stay(5, End.ONWARD)] * 8 + [_stay(40, End.STILL), _stay(2, End.STILL)])
    assert (found.median, found.stalls, found.is_few) == (5, 1, False)


def test_of_nobody_nothing_is_said() -> None:
    found = passage("setup", "Setup", [])
    assert (found.n, found.median, found.conversion, found.likely, found.is_few) == (0, None, None, None, True)


PATH = st.lists(st.sampled_from([*KEYS, ""]), max_size=8)


@given(PATH, st.integers(1, 20))
def test_stays_follow_one_another_and_end_as_the_next_begins(path: list[str], step: int) -> None:
    moves = [
        StageMove(account_id=1, pipeline="default", stage=stage, on=FIRST + timedelta(days=n * step))
        for n, stage in enumerate(path)
    ]
    found = stays(moves, KEYS, FIRST + timedelta(days=400))
    assert sum(stay.end == End.STILL for stay in found) <= 1
    assert all(stay.days >= 0 and stay.started <= stay.since for stay in found)
    assert all(one.until is not None and one.until <= two.since for one, two in itertools.pairwise(found))
    assert all(stay.stage for stay in found)
