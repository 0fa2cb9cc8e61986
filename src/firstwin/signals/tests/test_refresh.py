"""Signals follow facts: bit by bit and all at once they come out the same, and nothing is told before it was known."""

from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError, transaction
from tests.examples import few, thorough

from firstwin.accounts.actions.merging.accounts import merge_accounts
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account, AccountNow
from firstwin.core.clock import day_of
from firstwin.core.errors import FirstwinError
from firstwin.core.frames import At
from firstwin.people.config.store import definition
from firstwin.revenue.tests.facts import say_line
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.models import Episode, LookedBack, Reading, Refreshed, SegmentStay, StageMove
from firstwin.signals.refresh import first, store
from firstwin.signals.refresh.back import look_back_some
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.refresh.lag import PAST, lag, next_accounts
from firstwin.signals.refresh.once import make, refresh_accounts, refresh_some
from firstwin.signals.refresh.replay import replay
from firstwin.signals.scores.again import recomputed
from firstwin.signals.tests.frame_deeds import DEEDS, World

pytestmark = pytest.mark.django_db
MONTH = few(10, many=30)
EXPLAINED = ("facts that came later", "the hour moved on", "nothing was published by then")


def _lived(days: int, seed: int = 7, a_day: int = 4) -> tuple[World, list[Any]]:
    """Random days of a few accounts, some of it told late, refreshed bit by bit, with a pass every fifth night."""
    dice, world = Random(seed), World.begun()
    began, ends = (day_of(world.now) + timedelta(days=days) for days in (-200, 300))
    say_line(world.accounts[0], "customer", world.now, starts_on=began, ends_on=ends)
    passes = []
    for day in range(days):
        for _ in range(a_day):
            world.now += timedelta(minutes=dice.randint(1, 90))
            world.do(dice.randrange(len(DEEDS)), dice.randrange(12), dice.randrange(12), dice.randrange(12))
            if dice.random() < 0.6:
                refresh_some(world.now)
        if day == days // 2:
            world.now += timedelta(minutes=1)
            _merge(world)
        world.now += timedelta(minutes=1)
        while refresh_some(world.now):
            pass
        if day % 3 == 1:
            world.now += timedelta(minutes=1)
            look_back_some(world.now)
        if day % 5 == 4:
            world.now += timedelta(minutes=1)
            passes.append(full_pass(world.now))
        world.now = world.now.replace(hour=7, minute=0) + timedelta(days=1)
    return world, passes


def _merge(world: World) -> None:
    boss = world.staff[0]
    boss.role = "operations"
    boss.save()
    with suppress(FirstwinError):  # one of them may be removed
        merge_accounts(by=boss, absorbed=world.accounts[2], survivor=world.accounts[3], now=world.now)


@thorough
def test_what_was_refreshed_bit_by_bit_is_what_a_pass_over_everybody_finds() -> None:
    _, passes = _lived(MONTH)
    assert len(passes) == MONTH // 5
    assert [(one.differing, one.differences) for one in passes] == [(0, [])] * len(passes)
    assert Reading.objects.exists() and StageMove.objects.exists() and Episode.objects.exists()
    for row in AccountNow.objects.filter(is_removed=False):
        assert row.health_band is not None and row.experience
    _recompute(Reading.objects.order_by("pk")[:50])
    assert SegmentStay.objects.filter(left_on=None).count() == len(
        set(SegmentStay.objects.filter(left_on=None).values_list("account_id", "segment"))
    )


def _recompute(readings: Any) -> None:
    for one in readings:
        again = recomputed(definition("scorecard", one.scorecard, one.version), bytes(one.inputs))
        assert again == bytes(one.result)


@thorough
def test_one_account_alone_is_what_it_is_among_all() -> None:
    world, _ = _lived(6)
    more = [open_account(by=None, name=f"Beside {n}", now=world.now).pk for n in range(few(5, many=200))]
    at = At.of(world.now)
    with sitting(None, now=world.now) as facts:
        together = make(facts, at, definitions_at())
    assert set(more) <= set(together.accounts.tolist())
    for place, pk in enumerate(together.accounts.tolist()):
        with sitting([pk], now=world.now) as facts:
            alone = make(facts, at, definitions_at())
        assert alone.experience[0] == together.experience[place]
        for card, scores in alone.scores.items():
            assert scores.row(0) == together.scores[card].row(place)
        mine = [one for one in together.found if one.account == pk]
        assert [(one.key, one.words, one.evidence) for one in alone.found] == [
            (one.key, one.words, one.evidence) for one in mine
        ]


def test_what_becomes_known_later_changes_nothing_before() -> None:
    world, _ = _lived(4)
    then = At.of(world.now)
    before = _bytes(then)
    dice = Random(3)
    world.now += timedelta(days=2)
    for _ in range(25):
        world.now += timedelta(minutes=5)
        world.do(dice.randrange(len(DEEDS)), dice.randrange(12), 0, dice.randrange(12))
    assert _bytes(then) == before


def _bytes(at: At) -> dict[int, list[bytes]]:
    ids = list(Account.objects.order_by("pk").values_list("pk", flat=True))
    with sitting(ids) as facts:
        made = make(facts, at, definitions_at(at.moment))
    return {
        pk: [scores.row(place).result for _, scores in sorted(made.scores.items())]
        for place, pk in enumerate(made.accounts.tolist())
    }


def test_a_fact_makes_its_account_wait_until_it_is_computed() -> None:
    world, _ = _lived(2)
    assert next_accounts(world.now - timedelta(days=1), 10) == []
    world.now += timedelta(minutes=1)
    account = world.accounts[0]
    Account.objects.filter(pk=account.pk).update(revision=account.revision + 100)
    today = Refreshed.objects.values_list("at", flat=True).first()
    assert today is not None
    assert next_accounts(today, 10)[:1] == [account.pk]
    assert lag(today).waiting == 1 and lag(today).is_behind
    refresh_accounts([account.pk], now=today + timedelta(seconds=5))
    assert lag(today).waiting == 0


def test_what_drifts_says_why_it_is_not_as_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    _lived(2)
    monkeypatch.setattr("firstwin.signals.refresh.lag.edition", lambda: 7)
    Refreshed.objects.update(edition=7)
    rows = list(Refreshed.objects.filter(account__removed_at__isnull=True).order_by("at"))
    now, today = rows[-1].at, rows[-1].on
    assert not lag(now).is_behind
    assert lag(now).by_past == 0
    LookedBack.objects.filter(account_id=rows[2].account_id).delete()
    assert lag(now).by_past == 1
    Refreshed.objects.filter(pk=rows[0].pk).update(on=today - timedelta(days=3))
    Refreshed.objects.filter(pk=rows[1].pk).update(edition=PAST)
    Refreshed.objects.filter(pk=rows[2].pk).update(edition=1)
    found = lag(now)
    assert (found.waiting, found.by_day, found.by_past, found.by_definition) == (0, 1, 1, 1)
    assert found.oldest_on == today - timedelta(days=3)
    assert found.is_behind and found.drifting == 2


def test_killed_between_two_commits_the_rest_is_done_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    world, _ = _lived(2)
    world.now += timedelta(days=1)
    monkeypatch.setattr(store, "_FEWEST", 1)
    monkeypatch.setattr("firstwin.core.pace.START", 1)

    def dies(name: str) -> None:
        if name == "signals.within":
            raise KeyboardInterrupt

    waiting = set(next_accounts(world.now, 100))
    with monkeypatch.context() as armed:
        armed.setattr(store, "failpoint", dies)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            refresh_some(world.now)
    assert set(next_accounts(world.now, 100)) == waiting
    while refresh_some(world.now + timedelta(seconds=1)):
        pass
    assert next_accounts(world.now, 100) == []
    assert full_pass(world.now + timedelta(seconds=2)).differing == 0


def test_the_present_is_shown_first_and_the_past_is_told_once() -> None:
    """By the facts alone, as if somebody had looked all the time; what the first look took for the beginning goes."""
    world = World.begun()
    account = world.accounts[0]
    began = day_of(world.now) - timedelta(days=200)
    ends = day_of(world.now) + timedelta(days=300)
    say_line(account, "line-1", world.now, starts_on=began, ends_on=ends)
    world.now += timedelta(minutes=1)
    assert refresh_some(world.now) == len(world.accounts)
    seen = StageMove.objects.get(account=account)
    assert (seen.stage, seen.on) == ("setup", day_of(world.now))
    world.now += timedelta(minutes=1)
    assert look_back_some(world.now) == len(world.accounts)
    seen.refresh_from_db()
    assert seen.restated_at == world.now
    move = StageMove.objects.get(account=account, restated_at=None)
    assert move.stage == "setup" and timedelta(0) <= move.on - began < timedelta(days=7)
    row = AccountNow.objects.get(account=account)
    assert (row.stage, row.stage_on) == ("setup", move.on)
    assert look_back_some(world.now) == 0 and next_accounts(world.now, 10) == []
    assert full_pass(world.now + timedelta(minutes=1)).differing == 0


def test_killed_while_the_past_is_told_the_present_is_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    world, _ = _lived(2)
    LookedBack.objects.all().delete()

    def dies(name: str) -> None:
        if name == "signals.past.after":
            raise KeyboardInterrupt

    world.now += timedelta(minutes=1)
    with monkeypatch.context() as armed:
        armed.setattr(first, "failpoint", dies)
        with pytest.raises(KeyboardInterrupt):
            look_back_some(world.now)
    assert not LookedBack.objects.exists() and next_accounts(world.now, 100)
    while refresh_some(world.now + timedelta(seconds=1)):
        pass
    assert look_back_some(world.now + timedelta(seconds=2)) == LookedBack.objects.count() > 0
    assert full_pass(world.now + timedelta(minutes=1)).differing == 0


def test_what_was_said_cannot_be_changed() -> None:
    _lived(2)
    for doing in (lambda: Reading.objects.update(score=1), lambda: Reading.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            doing()


def test_a_replay_finds_nothing_where_nothing_came_late() -> None:
    world, _ = _lived(10)
    ids = list(Account.objects.filter(removed_at=None).values_list("pk", flat=True))
    last = (world.now - timedelta(days=1)).date()
    days = [last - timedelta(days=n) for n in (6, 3, 0)]
    for _, found in replay(ids, days, now=world.now, under=lambda at: definitions_at(at.moment)):
        unexplained = [one for one in found if one.why not in EXPLAINED]
        assert unexplained == []


def test_definitions_of_an_edition_are_read_once() -> None:
    found = definitions_at()
    assert definitions_at() is found
    assert found.broken == ()
    assert {"high-touch", "pooled", "digital"} <= set(found.scorecards)
    assert np.all([one.number >= 1 for one in found.experiences.values()])
