"""What an open finding said on an earlier day is told as it was said then, however it reads by now."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from firstwin.accounts.actions.touches import log_touch
from firstwin.accounts.dossier import dossier
from firstwin.accounts.models import AccountNow, Direction, TouchKind
from firstwin.core.clock import day_of
from firstwin.core.conditions import parse
from firstwin.core.conditions.mask import mask
from firstwin.core.frames import At
from firstwin.core.invariants import verify
from firstwin.revenue.tests.facts import say_line
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.ledger import standing
from firstwin.signals.ledger.forget import forget
from firstwin.signals.models import Episode, EpisodeSaid, Severity
from firstwin.signals.refresh.back import look_back_some
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.refresh.once import refresh_accounts, refresh_some
from firstwin.signals.refresh.state import state_of
from firstwin.signals.section.findings import findings_of
from firstwin.signals.tests.frame_deeds import START, World

pytestmark = pytest.mark.django_db

SILENT = "silent"


@pytest.fixture
def world() -> World:
    """A customer nobody speaks to any more: since day 45 a risk, from day 90 on a grave one, then of twice the ARR."""
    world = World.begun()
    _line(world, "base")
    log_touch(
        by=None, account=world.accounts[0], kind=TouchKind.CALL, direction=Direction.BOTH, occurred_at=world.now,
        summary="We spoke", now=world.now,
    )  # fmt: skip
    return world


def _line(world: World, key: str) -> None:
    began = day_of(world.now)
    say_line(
        world.accounts[0], key, world.now, starts_on=began, ends_on=began + timedelta(days=700), quantity=100,
        currency="USD",
    )  # fmt: skip


def _follow(world: World, days: int = 0) -> At:
    """As of the end of it."""
    world.now += timedelta(days=days, minutes=1)
    while refresh_some(world.now):
        pass
    return At.of(world.now)


def _said(world: World, at: At) -> Any:
    return next(
        (one.severity, one.words, one.stake_minor)
        for one in standing.episodes([world.accounts[0].pk], at)
        if one.detector == SILENT
    )


def _ours(world: World) -> list[Any]:
    return [one.problems for one in verify(now=world.now) if one.invariant.key.startswith("signals.") and one.problems]


@pytest.fixture
def lived(world: World) -> tuple[World, list[At]]:
    ats = [_follow(world, 60), _follow(world, 10)]
    ats.append(_follow(world, 25))
    _line(world, "more")
    ats.append(_follow(world))
    return world, ats


def test_it_is_told_as_it_was_said_then(lived: tuple[World, list[At]]) -> None:
    world, ats = lived
    first, later, grave, dearer = (_said(world, at) for at in ats)
    assert [one[0] for one in (first, later, grave, dearer)] == [2, 2, 3, 3]
    spoke = day_of(START)
    assert {one[1] for one in (first, later, grave, dearer)} == {f"No two-way contact since {spoke.day} {spoke:%b}"}
    assert first[2] == grave[2] and dearer[2] == 2 * grave[2]
    assert Episode.objects.filter(detector=SILENT, account=world.accounts[0]).count() == 1
    # By the day as well as by what was known: nobody looked between.
    assert _said(world, At.close_of(day_of(ats[1].moment) + timedelta(days=3))) == later
    assert _said(world, At.close_of(day_of(ats[1].moment), known_by=world.now)) == later
    assert _said(world, At(day_of(world.now), world.now, ats[0].moment)) == first
    assert _ours(world) == []


def test_every_place_that_asks_hears_the_same(lived: tuple[World, list[At]]) -> None:
    world, ats = lived
    account, past = world.accounts[0], ats[0]
    severity, words, stake = _said(world, past)
    with sitting([account.pk]) as facts:
        frame, now = facts.frame(past), facts.frame(ats[-1])
        assert (frame.value("risk_severity", 0), frame.value("at_risk", 0)) == (severity, stake)
        assert (now.value("risk_severity", 0), now.value("at_risk", 0)) == (3, 2 * stake)
        known = state_of(facts.accounts, past, definitions_at(past.moment)).episodes
    assert [one.said[:3] for one in known if one.detector == SILENT and one.said] == [(severity, words, stake)]
    (shown,) = [one for one in findings_of(account, past, definitions_at()).risks if one.words == words]
    assert shown.severity == str(Severity.MEDIUM.label)
    told = dossier(account, as_of=past.moment + timedelta(microseconds=1), is_past=True)["signals"]["risks"]
    assert [(one["says"], one["at_stake"]) for one in told if one["detector"] == SILENT] == [(words, stake)]
    assert AccountNow.objects.get(account=account).risk_severity == 3


def test_a_change_of_severity_over_weeks_is_heard(lived: tuple[World, list[At]]) -> None:
    world, ats = lived
    found = []
    for days in (20, 60):
        tree = parse([{"field": "risk_severity", "op": "changed", "value": {"within_days": days, "by": "1"}}])
        with sitting([world.accounts[0].pk]) as facts:
            found.append(bool(mask(tree, facts.frame(ats[-1]))[0]))
    assert found == [True, False]  # before it was found nothing is compared


def test_what_says_the_same_is_not_said_again(world: World) -> None:
    _follow(world, 60)
    before = EpisodeSaid.objects.count()
    assert before
    for _ in range(3):
        world.now += timedelta(minutes=5)
        refresh_accounts([world.accounts[0].pk], now=world.now)
    assert full_pass(world.now + timedelta(minutes=1)).differing == 0
    assert EpisodeSaid.objects.count() == before


def test_what_stays_open_keeps_no_row_a_night(lived: tuple[World, list[At]]) -> None:
    """It names the day since when, not how many days it has been: read on any day, and written when it changes."""
    world, _ = lived
    rows = EpisodeSaid.objects.filter(episode__detector=SILENT, episode__account=world.accounts[0])
    assert list(rows.order_by("pk").values_list("severity", flat=True)) == [2, 3, 3]  # the last of twice the ARR
    for _ in range(3):
        world.now += timedelta(days=1)
        full_pass(world.now)
    assert rows.count() == 3
    last = day_of(world.now)
    world.now += timedelta(days=2)
    log_touch(
        by=None, account=world.accounts[0], kind=TouchKind.CALL, direction=Direction.BOTH, occurred_at=world.now,
        summary="We spoke again", now=world.now,
    )  # fmt: skip
    _follow(world)
    one = Episode.objects.get(detector=SILENT, account=world.accounts[0])
    # Until when it held is written as it clears.
    assert (one.last_on, one.cleared_on) == (last, day_of(world.now))


def test_what_was_told_behind_the_first_look_says_it_day_by_day(world: World) -> None:
    first = _follow(world, 95)
    seen = _said(world, first)
    world.now += timedelta(minutes=1)
    look_back_some(world.now)
    assert _said(world, first) == seen and _said(world, At.of(world.now))[:1] == seen[:1]
    early = _said(world, At.close_of(day_of(world.now) - timedelta(days=20)))
    assert early[0] == 2 and early[1] == seen[1]
    rows = EpisodeSaid.objects.filter(episode__detector=SILENT, episode__account=world.accounts[0])
    assert set(rows.filter(on__lt=day_of(world.now)).values_list("is_reconstructed", flat=True)) == {True}
    assert _ours(world) == []


def test_what_is_said_otherwise_than_kept_is_named(lived: tuple[World, list[At]]) -> None:
    world, _ = lived
    one = Episode.objects.get(detector=SILENT, account=world.accounts[0])
    Episode.objects.filter(pk=one.pk).update(stake_minor=None)
    assert _ours(world) == [(f"episode {one.pk} says what it is not kept to have said last",)]


def test_it_goes_with_the_account(lived: tuple[World, list[At]]) -> None:
    world, _ = lived
    forget([world.accounts[0].pk])
    assert not EpisodeSaid.objects.filter(episode__account=world.accounts[0]).exists()


class _Editor:
    """What a migration asks of the database."""

    connection = connection

    def execute(self, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def test_of_what_stood_before_it_was_kept_the_last_is_known(lived: tuple[World, list[At]]) -> None:
    world, ats = lived
    then = _said(world, ats[0])
    EpisodeSaid.objects.all().delete()
    Episode.objects.update(said_at=None)
    step = import_module("firstwin.signals.migrations.0006_what_findings_said")
    step.say_what_stands(apps, _Editor())
    assert EpisodeSaid.objects.count() == Episode.objects.count() and _ours(world) == []
    now = _said(world, At.of(world.now))
    assert _said(world, ats[0]) == now
    told = dossier(world.accounts[0], as_of=ats[0].moment + timedelta(microseconds=1), is_past=True)
    (risk,) = [one for one in told["signals"]["risks"] if one["detector"] == SILENT]
    assert (risk["severity"], risk["says"], risk["at_stake"]) == then  # worked out again from the facts of then
    _line(world, "still more")
    _follow(world, 1)
    assert _said(world, ats[-1]) == now != _said(world, At.of(world.now))
