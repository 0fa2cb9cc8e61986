"""Signals follow facts: what waits is computed, once; killed half way, the rest is done next time."""

from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

import numpy as np
import pytest
from django.db import DatabaseError, transaction

from firstwin.accounts.actions.merging.accounts import merge_accounts
from firstwin.accounts.actions.revision import bump_revision
from firstwin.accounts.models import Account, AccountNow
from firstwin.core.clock import day_of
from firstwin.core.errors import FirstwinError
from firstwin.core.turns import Turns
from firstwin.revenue.tests.facts import say_line
from firstwin.signals.models import LookedBack, Reading, Refreshed, StageMove
from firstwin.signals.refresh import first, once, store
from firstwin.signals.refresh.back import look_back, look_back_some
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.refresh.holding import let_be_computed
from firstwin.signals.refresh.lag import PAST, lag, next_accounts
from firstwin.signals.refresh.once import refresh_accounts, refresh_in_turn, refresh_some
from firstwin.signals.tests.frame_deeds import DEEDS, World

pytestmark = pytest.mark.django_db


def _lived(days: int, seed: int = 7, a_day: int = 4) -> World:
    """Random days of a few accounts, some of it told late, refreshed bit by bit."""
    dice, world = Random(seed), World.begun()
    began, ends = (day_of(world.now) + timedelta(days=days) for days in (-200, 300))
    say_line(world.accounts[0], "customer", world.now, starts_on=began, ends_on=ends)
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
        world.now = world.now.replace(hour=7, minute=0) + timedelta(days=1)
    return world


def _merge(world: World) -> None:
    boss = world.staff[0]
    boss.role = "operations"
    boss.save()
    with suppress(FirstwinError):  # one of them may be removed
        merge_accounts(by=boss, absorbed=world.accounts[2], survivor=world.accounts[3], now=world.now)


def test_a_fact_makes_its_account_wait_until_it_is_computed() -> None:
    world = _lived(2)
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
    world = _lived(2)
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


def test_being_told_of_ones_past_costs_nobody_their_turn() -> None:
    """An event of an account that was just looked back at is not put behind all that send the whole time."""
    world, turns = World.begun(), Turns(largest=200, seconds=1.0)
    busy, quiet = world.accounts[0].pk, world.accounts[-1].pk
    refresh_accounts([one.pk for one in world.accounts], now=world.now)
    bump_revision([busy])
    world.now += timedelta(minutes=1)
    assert refresh_in_turn(turns, now=lambda: world.now) and not refresh_in_turn(turns, now=lambda: world.now)
    world.now += timedelta(minutes=1)
    look_back([quiet], now=world.now)  # computed later than the other
    bump_revision([busy, quiet])
    assert next_accounts(world.now, 1) == [busy] and next_accounts(world.now, 1, turns=turns) == [quiet]
    assert next_accounts(world.now, 1, turns=turns) == [busy]


def test_marked_while_it_is_computed_it_is_computed_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    world, marked = World.begun(), list[int]()
    some = [one.pk for one in world.accounts]

    def meanwhile(name: str) -> None:
        if name == "signals.computed" and not marked:
            with transaction.atomic():
                let_be_computed(some[:1], world.now)
            marked.append(some[0])

    def moment() -> datetime:
        world.now += timedelta(seconds=1)
        return world.now

    refresh_accounts(some, now=moment())
    bump_revision(some)
    monkeypatch.setattr(once, "failpoint", meanwhile)
    assert refresh_in_turn(Turns(largest=200, seconds=1.0), now=moment)
    assert marked and next_accounts(world.now, 10) == [] and Refreshed.objects.get(pk=some[0]).edition != PAST


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
    world = _lived(2)
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


def test_definitions_of_an_edition_are_read_once() -> None:
    found = definitions_at()
    assert definitions_at() is found
    assert found.broken == ()
    assert {"high-touch", "pooled", "digital"} <= set(found.scorecards)
    assert np.all([one.number >= 1 for one in found.experiences.values()])
