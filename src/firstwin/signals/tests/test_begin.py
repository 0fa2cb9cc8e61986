"""The first signals of an installation that has history: `begin`, and the weeks before on demand."""

from datetime import timedelta

import pytest

from firstwin.accounts.models import AccountNow
from firstwin.core.clock import day_of
from firstwin.core.frames import At
from firstwin.core.invariants import verify
from firstwin.signals.models import Episode, LookedBack, Reading, Refreshed, SegmentStay, StageMove
from firstwin.signals.refresh.begin import begin
from firstwin.signals.tests.lived import Life

pytestmark = [pytest.mark.django_db, pytest.mark.once]

LEDGER = (Reading, StageMove, SegmentStay, Episode)
WEEKS = 2


@pytest.fixture
def life(db: None) -> Life:
    life = Life.begun()
    life.world.now += timedelta(days=20)
    return life


def counted() -> list[int]:
    return [model._default_manager.count() for model in LEDGER]


def test_everybody_is_shown_and_the_weeks_before_are_told(life: Life) -> None:
    now, today = life.world.now, day_of(life.world.now)
    found = begin(now=now, weeks=WEEKS)
    assert found.finished_at is not None and found.accounts == Refreshed.objects.count() == len(life.world.accounts)
    assert {row.health_band for row in AccountNow.objects.all()} - {None}
    told = Reading.objects.filter(is_reconstructed=True)
    for on, at in told.values_list("on", "at"):
        assert on < today and at == At.close_of(on).moment
    assert told.earliest("on").on <= today - timedelta(days=7 * WEEKS)
    assert not Reading.objects.filter(is_reconstructed=False, on__lt=today).exists()
    first = StageMove.objects.filter(account=life.world.accounts[0], restated_at=None).earliest("on")
    assert first.on < today - timedelta(days=30)
    assert [one.problems for one in verify(now=now) if one.problems and one.invariant.key.startswith("signals.")] == []


def test_begun_twice_it_adds_nothing_and_what_follows_finds_no_difference(life: Life) -> None:
    begin(now=life.world.now, weeks=WEEKS)
    before = counted()
    life.world.now += timedelta(minutes=1)
    assert begin(now=life.world.now, weeks=WEEKS).differing == 0
    assert counted() == before
    life.look_back()
    life.follow()
    assert LookedBack.objects.count() == len(life.world.accounts)
    assert counted() == before
    assert life.night().differing == 0


def test_without_weeks_only_the_present_is_told(life: Life) -> None:
    begin(now=life.world.now)
    assert set(Reading.objects.values_list("on", "is_reconstructed")) == {(day_of(life.world.now), False)}
    assert not LookedBack.objects.exists()
