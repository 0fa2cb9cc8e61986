"""Looking back tells since when what is shown had held, so that only what is new is told as new."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from firstwin.accounts.models import Account, AccountNow
from firstwin.core.clock import day_of
from firstwin.core.frames import At
from firstwin.core.invariants import verify
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_user
from firstwin.revenue.tests.facts import say_line
from firstwin.signals.actions.pulse import give_pulse
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.models import Episode, LookedBack, Mood, Reading, SegmentStay
from firstwin.signals.refresh import back, once, past
from firstwin.signals.refresh.back import look_back_some
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.refresh.once import refresh_accounts, refresh_some
from firstwin.signals.refresh.store import publish_made
from firstwin.signals.tests.frame_deeds import World
from firstwin.signals.today.found import findings
from firstwin.signals.today.window import window

pytestmark = pytest.mark.django_db

WORRIED, SILENT, STUCK = "pulse-worried", "silent", "stage-stuck"

MODELS: tuple[Any, ...] = (Reading, SegmentStay, Episode)


@pytest.fixture
def world() -> World:
    """A customer nobody spoke to for 90 days, of whom its success manager is worried since today."""
    world, boss = World.begun(), make_user("Nora Falk", role=Role.OPERATIONS)
    began = day_of(world.now)
    say_line(
        world.accounts[0], "base", world.now, starts_on=began, ends_on=began + timedelta(days=700), quantity=100,
        currency="USD",
    )  # fmt: skip
    say_line(world.accounts[1], "small", world.now, starts_on=began, ends_on=began + timedelta(days=700))
    world.now += timedelta(days=90)
    give_pulse(by=boss, account=world.accounts[0], mood=Mood.RISK, now=world.now)
    world.now += timedelta(minutes=1)
    refresh_some(world.now)
    return world


def _account(world: World) -> Account:
    return world.accounts[0]


def _since(account: Account) -> dict[str, date]:
    rows = Episode.objects.filter(account=account, cleared_on=None, restated_at=None)
    return dict(rows.values_list("detector", "first_on"))


def _look_back(world: World) -> None:
    world.now += timedelta(minutes=1)
    look_back_some(world.now)


def test_what_held_before_the_first_look_gets_its_first_day(world: World) -> None:
    today = day_of(world.now)
    assert set(_since(_account(world)).values()) == {today}
    seen = dict(Episode.objects.filter(account=_account(world)).values_list("detector", "pk"))
    _look_back(world)
    since = _since(_account(world))
    assert since[WORRIED] == today
    # After 45 days of silence, by steps of a week.
    assert timedelta(days=38) <= today - since[SILENT] <= timedelta(days=44)
    # Stuck follows from its stage, which the first look did not know.
    assert STUCK not in seen and timedelta(days=48) <= today - since[STUCK] <= timedelta(days=54)
    open_now = Episode.objects.filter(account=_account(world), cleared_on=None)
    assert seen.items() <= dict(open_now.values_list("detector", "pk")).items()  # what people said of them stays
    assert set(open_now.filter(is_reconstructed=False).values_list("detector", flat=True)) >= {WORRIED}
    stays = SegmentStay.objects.filter(account=world.accounts[1], left_on=None)
    assert stays and all(stay.entered_on < today - timedelta(days=50) and stay.is_reconstructed for stay in stays)
    assert [one.problems for one in verify(now=world.now) if one.problems and _is_ours(one)] == []


def _is_ours(finding: Any) -> bool:
    return bool(finding.invariant.key.startswith("signals."))


def test_today_calls_new_only_what_is_new(world: World) -> None:
    today = day_of(world.now)
    rows = _rows()
    _look_back(world)
    for key in ("day", "week"):
        told = findings(rows, window(key, today), definitions_at())
        new = {change.episode for change in told if change.account == _account(world).pk and change.episode}
        assert new == set(
            Episode.objects.filter(account=_account(world), first_on=today, cleared_on=None).values_list(
                "pk", flat=True
            )
        )
    assert _since(_account(world))[SILENT] < today


def test_until_its_past_is_told_nothing_of_an_account_is_called_new(world: World) -> None:
    today = day_of(world.now)
    assert findings(_rows(), window("day", today), definitions_at()) == []
    _look_back(world)
    assert findings(_rows(), window("day", today), definitions_at())


def _rows() -> Any:
    return AccountNow.objects.all()


def test_told_once_and_consistent_with_what_follows(world: World) -> None:
    _look_back(world)
    counted = [model._default_manager.count() for model in MODELS]
    LookedBack.objects.all().delete()
    _look_back(world)
    assert [model._default_manager.count() for model in MODELS] == counted
    assert full_pass(world.now + timedelta(minutes=1)).differing == 0
    world.now += timedelta(days=1)
    while refresh_some(world.now):
        pass
    assert SILENT in _since(_account(world))
    assert full_pass(world.now + timedelta(minutes=1)).differing == 0


@pytest.mark.parametrize("at", [1, 2])
def test_killed_while_it_is_told_it_is_told_once(world: World, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    def told() -> list[int]:
        return [model._default_manager.filter(is_reconstructed=True).count() for model in MODELS]

    begun = world.now
    with transaction.atomic():
        _look_back(world)
        whole = told()
        transaction.set_rollback(True)
    world.now, parts = begun, list[str]()

    def dies(name: str) -> None:
        parts.append(name)
        if parts.count("signals.told.after") == at:
            raise KeyboardInterrupt

    with monkeypatch.context() as armed:
        armed.setattr(past, "failpoint", dies)
        armed.setattr(past, "_FEWEST", 1)
        armed.setattr("firstwin.core.pace.TARGET", 0.0)  # one account to a commit
        with pytest.raises(KeyboardInterrupt):
            _look_back(world)
    _look_back(world)
    assert told() == whole and any(whole)
    _look_back(world)
    assert told() == whole
    assert full_pass(world.now + timedelta(minutes=1)).differing == 0


def test_who_reads_while_it_is_computed_anew_writes_nothing_beside_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The accounts were marked, another process read that, and then their present was written."""
    refreshed, written = once.refresh_accounts, list[tuple[int, ...]]()

    def after_others_read(some: Collection[int], *, now: datetime) -> None:
        later = now + timedelta(minutes=1)
        with sitting(some, now=later) as facts:
            made = once.make(facts, At.of(later), definitions_at())
            revisions = facts.revisions.tolist()
        refreshed(some, now=now)
        written.append(publish_made(made, revisions, now=later).written)

    monkeypatch.setattr(once, "refresh_accounts", after_others_read)
    _look_back(world)
    assert written == [()]


def test_what_ended_before_the_first_look_has_an_end(world: World) -> None:
    _look_back(world)
    for row in Episode.objects.filter(is_reconstructed=True).exclude(cleared_on=None):
        assert row.cleared_on is not None and row.first_on <= row.last_on < row.cleared_on <= day_of(world.now)
        assert row.cleared_at is not None and row.cleared_at <= world.now
    for stay in SegmentStay.objects.filter(is_reconstructed=True).exclude(left_on=None):
        assert stay.left_on is not None and stay.entered_on < stay.left_on <= day_of(world.now)


def test_what_was_computed_since_a_pass_began_stands(world: World) -> None:
    boss = make_user("Ivo Brandt", role=Role.OPERATIONS)
    began = world.now
    give_pulse(by=boss, account=world.accounts[1], mood=Mood.RISK, now=began + timedelta(minutes=1))
    refresh_accounts([world.accounts[1].pk], now=began + timedelta(minutes=2))
    found = full_pass(began)
    assert (found.differing, found.differences) == (0, [])
    assert _since(world.accounts[1])[WORRIED] == day_of(began)


def test_what_was_found_while_the_past_was_read_is_known_when_it_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, boss = world.accounts[1], make_user("Ivo Brandt", role=Role.OPERATIONS)
    give_pulse(by=boss, account=account, mood=Mood.RISK, now=world.now + timedelta(minutes=1))
    began = world.now + timedelta(minutes=2)
    tell = past.tell_behind

    def meanwhile(ids: Any, *, now: datetime, weeks: int) -> int:
        refresh_accounts([account.pk], now=now + timedelta(minutes=1))
        return tell(ids, now=now, weeks=weeks)

    monkeypatch.setattr(back, "tell_behind", meanwhile)
    look_back_some(began)
    assert _since(account)[WORRIED] == day_of(began)
    assert full_pass(began + timedelta(minutes=2)).differing == 0
