"""A fact that comes late restates the history of stages, and nothing that was said before it was known."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db.models import Max
from tests.examples import few, thorough

from firstwin.accounts.actions.merging.accounts import merge_accounts, unmerge_accounts
from firstwin.accounts.actions.touches import log_touch, retract_touch
from firstwin.accounts.models import Account, AccountNow, Direction, Merge, TouchKind
from firstwin.core.clock import day_of
from firstwin.core.errors import FirstwinError
from firstwin.core.frames import At
from firstwin.people.config.write import add_version
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_user
from firstwin.revenue.tests.facts import say_line
from firstwin.signals.evidence import day_of as day_of_number
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.ledger import standing
from firstwin.signals.models import LookedBack, SegmentStay, StageMove
from firstwin.signals.refresh import again
from firstwin.signals.refresh.again import fold_again_some, hear_some
from firstwin.signals.refresh.back import look_back_some
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.folding import Course, folded, told_under
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.refresh.lag import next_accounts
from firstwin.signals.refresh.once import refresh_some
from firstwin.signals.refresh.presence import Presence
from firstwin.signals.tests.frame_deeds import DEEDS, World

pytestmark = pytest.mark.django_db

DAYS = few(9, many=25)


def _is(field: str, op: str, *value: Any) -> list[dict[str, Any]]:
    return [{"field": field, "op": op} | ({"value": value[0]} if value else {})]


def _stage(key: str, done: Any = None, back: Any = None) -> dict[str, Any]:
    said = {"key": key, "label": key.title(), "done": done, "back": back, "limits": [{"expected_days": 9}]}
    return {name: value for name, value in said.items() if value is not None}


PIPELINE = {
    "label": "Moved by everything",
    "starts": _is("commercial_status", "eq", "customer"),
    "ends": _is("commercial_status", "eq", "churned"),
    "stages": [
        _stage("setup", _is("last_two_way", "set")),
        _stage("activation", _is("roles_covered", "ge", 1), _is("overdue", "gt", 0)),
        _stage("adoption", _is("tickets_open", "ge", 1)),
        _stage("outcomes"),
    ],
    "overlay": {
        "key": "renewal", "label": "Renewal", "where": _is("renews", "in_next", 90), "renewed_to": "adoption",
        "limits": [{"expected_days": 9}],
    },
}  # fmt: skip


def _begun() -> World:
    """Two customers since long ago, on a pipeline that touches, roles, invoices, tickets and lines move."""
    world = World.begun()
    boss = make_user("Nora Falk", role=Role.OPERATIONS)
    add_version(by=boss, kind="pipeline", key="default", body=PIPELINE, now=world.now)
    today = day_of(world.now)
    for n, account in enumerate(world.accounts[:2]):
        starts_on, ends_on = today - timedelta(days=60 + 90 * n), today + timedelta(days=300)
        say_line(account, f"base{n}", world.now, starts_on=starts_on, ends_on=ends_on)
    _follow(world)
    world.now += timedelta(minutes=1)
    look_back_some(world.now)
    return world


def _follow(world: World) -> None:
    world.now += timedelta(minutes=1)
    while refresh_some(world.now):
        pass


def _tell_again(world: World) -> None:
    """As the worker does in the background."""
    world.now += again.EVERY
    while hear_some(world.now):
        pass
    while fold_again_some(world.now):
        pass
    _follow(world)


def _sleep(world: World) -> None:
    world.now = world.now.replace(hour=7, minute=0) + timedelta(days=1)


def _touch(world: World, account: Account, ago: timedelta) -> Any:
    return log_touch(
        by=None, account=account, kind=TouchKind.CALL, direction=Direction.BOTH, occurred_at=world.now - ago,
        summary="We spoke", now=world.now,
    )  # fmt: skip


def _history(account: Account, at: At) -> list[tuple[str, str, date]]:
    return [(move.stage, move.overlay, move.on) for move in standing.moves([account.pk], at)]


def _stored(pk: int, now: datetime) -> list[tuple[Any, ...]]:
    """What stands of the days before today."""
    rows = [move for move in standing.moves([pk], At.of(now)) if move.on < day_of(now)]
    return [(move.pipeline, move.stage, move.overlay, move.previous, move.on) for move in rows]


def _from_scratch(pk: int, now: datetime) -> tuple[list[tuple[Any, ...]], dict[date, set[str]]]:
    """Of the account alone, from its first day, by what is known now: its moves, and its segments on each day since
    its past was told."""
    told = LookedBack.objects.get(account=pk)
    under = told_under(definitions_at(told.at), told.at, definitions_at)
    with sitting([pk], now=now) as facts:
        course = Course.of(facts, {pk: day_of(told.at)}, now, {})
        presence = Presence(facts.accounts)
        moves = folded(facts, course, day_of(now) - timedelta(days=1), now, under=under, presence=presence)
    segments = {
        day_of_number(one.day): {key for key, held in one.held.items() if held[0]}
        for one in presence.looked
        if one.day >= course.told_on[0]
    }
    return [(move.pipeline, move.stage, move.overlay, move.previous, move.on) for move in moves], segments


def _segments(pk: int, on: date, now: datetime) -> set[str]:
    """As the ledger tells them of a day, by what is known now."""
    return {stay.segment for stay in standing.stays([pk], At.close_of(on, known_by=now))}


def _live(world: World, dice: Random) -> None:
    for _ in range(6):
        world.now += timedelta(minutes=dice.randint(1, 90))
        world.do(dice.randrange(len(DEEDS)), dice.randrange(12), dice.randrange(12), dice.randrange(12))
        if dice.random() < 0.5:
            refresh_some(world.now)


def _merge(world: World, boss: Any) -> None:
    with suppress(FirstwinError):  # one of them may be removed
        merge_accounts(by=boss, absorbed=world.accounts[2], survivor=world.accounts[1], now=world.now)


def _part(world: World, boss: Any) -> None:
    for merge in Merge.objects.open():
        unmerge_accounts(by=boss, merge=merge, now=world.now)


@pytest.mark.once
@thorough
@pytest.mark.parametrize("seed", range(few(1, many=12)))
def test_what_stands_is_what_facts_say_from_the_beginning(seed: int) -> None:
    """After days of random writes, many of them late, nights without the worker, a merge and its end: what was restated
    bit by bit equals what is folded at once, of each account alone."""
    dice, world, boss = Random(seed), _begun(), make_user("Per Ros", role=Role.OPERATIONS)
    for day in range(DAYS):
        _live(world, dice)
        if day == DAYS // 3:
            _merge(world, boss)
        if day == DAYS * 2 // 3:
            _part(world, boss)
        if day % 4 != 2:  # else nobody looked
            _follow(world)
            if day % 3 == 1:
                look_back_some(world.now)
                _tell_again(world)
        _sleep(world)
    _follow(world)
    look_back_some(world.now)
    _tell_again(world)
    there = list(Account.objects.filter(removed_at=None).values_list("pk", flat=True))
    assert StageMove.objects.exclude(restated_at=None).exists()
    assert SegmentStay.objects.exclude(restated_at=None).exists()
    for pk in there:
        moves, segments = _from_scratch(pk, world.now)
        assert _stored(pk, world.now) == moves
        assert {on: _segments(pk, on, world.now) for on in segments} == segments
    assert full_pass(world.now + timedelta(minutes=1)).differing == 0


def test_a_late_fact_moves_the_account_on_the_day_it_speaks_of() -> None:
    world = _begun()
    account = world.accounts[0]
    world.now += timedelta(days=20)
    _follow(world)
    then, before = At.of(world.now), _history(account, At.of(world.now))
    assert [stage for stage, _, _ in before] == ["setup"]
    world.now += timedelta(minutes=5)
    _touch(world, account, timedelta(days=6))
    _follow(world)
    seen = _history(account, At.of(world.now))
    assert seen == [*before, ("activation", "", day_of(world.now))]  # at once, on the day it is seen
    as_seen = At.of(world.now)
    _tell_again(world)
    spoken_of = day_of(world.now) - timedelta(days=6)
    assert _history(account, At.of(world.now)) == [*before, ("activation", "", spoken_of)]
    row = AccountNow.objects.get(account=account)
    assert (row.stage, row.stage_on) == ("activation", spoken_of)
    # What was said as of then stays as it was, both of now and of the day the fact speaks of.
    assert _history(account, then) == before and _history(account, as_seen) == seen
    past = At.close_of(spoken_of)
    assert _history(account, past) == before
    assert _history(account, At.close_of(spoken_of, known_by=world.now)) == [*before, ("activation", "", spoken_of)]
    assert next_accounts(world.now, 10) == [] and full_pass(world.now + timedelta(minutes=1)).differing == 0


def test_what_turns_out_wrong_is_not_so_any_more_but_was_said() -> None:
    world = _begun()
    account = world.accounts[0]
    touch = _touch(world, account, timedelta(hours=1))
    _follow(world)
    for _ in range(3):
        _sleep(world)
        _follow(world)
    _tell_again(world)
    before = At.of(world.now)
    assert [stage for stage, _, _ in _history(account, before)] == ["setup", "activation"]
    world.now += timedelta(minutes=5)
    retract_touch(by=None, touch=touch, now=world.now)
    _follow(world)
    _tell_again(world)
    assert [stage for stage, _, _ in _history(account, At.of(world.now))] == ["setup"]
    assert [stage for stage, _, _ in _history(account, before)] == ["setup", "activation"]
    assert StageMove.objects.filter(account=account, stage="activation").exclude(restated_at=None).exists()
    assert AccountNow.objects.get(account=account).stage == "setup"


def test_facts_of_today_and_of_others_fold_nothing_again() -> None:
    world = _begun()
    _tell_again(world)
    _sleep(world)
    _follow(world)
    _tell_again(world)
    assert not LookedBack.objects.exclude(again_from=None).exists()
    last = StageMove.objects.aggregate(last=Max("pk"))["last"]
    world.now += timedelta(hours=3)
    _touch(world, world.accounts[2], timedelta(0))
    assert hear_some(world.now) == 1
    assert not LookedBack.objects.exclude(again_from=None).exists() and fold_again_some(world.now) == 0
    assert StageMove.objects.aggregate(last=Max("pk"))["last"] == last


def test_days_on_which_nobody_looked_are_told_when_somebody_looks_again() -> None:
    world = _begun()
    account = world.accounts[0]
    _tell_again(world)
    _sleep(world)
    _follow(world)
    _touch(world, account, timedelta(0))
    spoke = day_of(world.now)
    world.now += timedelta(days=4)
    _follow(world)
    assert _history(account, At.of(world.now))[-1] == ("activation", "", day_of(world.now))
    _tell_again(world)
    assert _history(account, At.of(world.now))[-1] == ("activation", "", spoke)


@pytest.mark.parametrize("where", ["signals.heard.after", "signals.again.before", "signals.again.within"])
def test_killed_half_way_it_is_done_again(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = _begun()
    account = world.accounts[0]
    world.now += timedelta(days=20)
    _follow(world)
    _touch(world, account, timedelta(days=6))
    spoken_of = day_of(world.now) - timedelta(days=6)

    def dies(name: str) -> None:
        if name == where:
            raise KeyboardInterrupt

    with monkeypatch.context() as armed:
        armed.setattr(again, "failpoint", dies)
        with pytest.raises(KeyboardInterrupt):
            _tell_again(world)
    assert _history(account, At.of(world.now))[-1][0] != "activation" or where == "signals.heard.after"
    _tell_again(world)
    assert _history(account, At.of(world.now))[-1] == ("activation", "", spoken_of)
