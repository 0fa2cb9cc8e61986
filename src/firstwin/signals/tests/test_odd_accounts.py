"""Accounts that are not like others: nothing is known of them, they came back, they became one, they went away while
somebody computed them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from firstwin.accounts.actions.merging.accounts import merge_accounts
from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.remove import remove_account, restore_account
from firstwin.accounts.dossier import dossier
from firstwin.accounts.models import Account, AccountNow
from firstwin.core.clock import day_of
from firstwin.core.invariants import verify
from firstwin.revenue.tests.facts import say_line
from firstwin.signals.actions.override import override
from firstwin.signals.actions.pulse import give_pulse
from firstwin.signals.ledger.forget import forget
from firstwin.signals.models import Band, Episode, Pulse, Reading, Refreshed, StageMove
from firstwin.signals.refresh import once
from firstwin.signals.refresh.lag import lag, next_accounts
from firstwin.signals.tests.lived import Life

pytestmark = pytest.mark.django_db


@pytest.fixture
def life(db: None) -> Life:
    return Life.begun()


def all_is_well(life: Life) -> None:
    """Nothing waits, a pass finds what was published, and the ledger holds together."""
    now = life.world.now
    assert next_accounts(now, 100) == [] and not lag(now).waiting
    found = life.night()
    assert (found.differing, found.differences) == (0, [])
    wrong = [one.problems for one in verify(now=now) if one.problems and one.invariant.key.startswith("signals.")]
    assert wrong == []


def listed(account: Account) -> AccountNow:
    return AccountNow.objects.get(account=account)


def test_an_account_without_any_facts_is_unknown_and_never_green(life: Life) -> None:
    bare = open_account(by=None, name="Nothing known", now=life.world.now)
    life.follow()
    life.look_back()
    life.follow()
    row = listed(bare)
    assert (row.health, row.health_band, row.health_change) == (None, Band.UNKNOWN, None)
    assert row.health_coverage is not None and row.health_coverage < 0.5
    assert row.experience and row.stage is None
    told = dossier(bare, as_of=life.world.now, is_past=False)["signals"]
    assert (told["score"]["score"], told["score"]["band"]) == (None, "unknown")
    assert told["words"] and told["stage"]["key"] is None
    all_is_well(life)


def test_one_that_churned_keeps_its_last_score_until_it_comes_back(life: Life) -> None:
    account = life.world.accounts[3]
    today = day_of(life.world.now)
    say_line(account, "once", life.world.now, starts_on=today - timedelta(days=90), ends_on=today + timedelta(days=2))
    override(
        by=life.boss, account=account, scorecard="digital", level="overall", points=40, reason="They said so",
        expires_on=today + timedelta(days=3), now=life.world.now,
    )  # fmt: skip
    life.follow()
    last = Reading.objects.filter(account=account, is_primary=True).latest("pk")
    assert (last.scorecard, last.score) == ("digital", 40_00)
    for _ in range(4):
        life.sleep()
        life.follow()
    assert listed(account).stage is None
    assert StageMove.objects.filter(account=account, restated_at=None).latest("pk").stage == ""
    assert not Reading.objects.filter(account=account, on__gt=today + timedelta(days=2)).exists()
    assert (listed(account).health, listed(account).health_band) == (40, last.band)
    all_is_well(life)
    back = day_of(life.world.now)
    say_line(account, "again", life.world.now, starts_on=back, ends_on=back + timedelta(days=300))
    life.follow()
    assert listed(account).stage == "setup" and listed(account).stage_on == back
    anew = Reading.objects.filter(account=account, is_primary=True).latest("pk")
    assert anew.on == back and anew.score != last.score
    all_is_well(life)


def test_of_two_that_become_one_what_was_said_stays_said_and_judgements_go_along(life: Life) -> None:
    absorbed, survivor = life.world.accounts[0], life.world.accounts[1]
    give_pulse(by=life.boss, account=absorbed, mood="risk", now=life.world.now)
    life.follow()
    said = list(Reading.objects.filter(account=absorbed).values_list("pk", "result"))
    found = set(Episode.objects.filter(account=absorbed, cleared_on=None).values_list("detector", flat=True))
    assert said and "pulse-worried" in found
    life.world.now += timedelta(minutes=1)
    merge_accounts(by=life.boss, absorbed=absorbed, survivor=survivor, now=life.world.now)
    life.follow()
    assert list(Reading.objects.filter(account=absorbed).values_list("pk", "result")) == said
    assert Pulse.objects.get().account == survivor
    assert Episode.objects.filter(account=survivor, detector="pulse-worried", cleared_on=None).count() == 1
    assert Refreshed.objects.get(account=survivor).revision == Account.objects.get(pk=survivor.pk).revision
    life.sleep()
    life.follow()
    assert not Reading.objects.filter(account=absorbed, on=day_of(life.world.now)).exists()
    all_is_well(life)
    life.part()
    life.follow()
    assert listed(absorbed).health_band is not None
    all_is_well(life)


def meanwhile(monkeypatch: pytest.MonkeyPatch, deed: Callable[[], Any]) -> None:
    """Once everything is computed and before anything of it is written."""
    done: list[Any] = []

    def passed(name: str) -> None:
        if name == "signals.computed" and not done:
            done.append(deed())

    monkeypatch.setattr(once, "failpoint", passed)


def test_one_removed_while_it_is_computed_waits_for_nobody(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    account = life.world.accounts[1]
    meanwhile(
        monkeypatch, lambda: remove_account(by=None, account=account, reason="left", now=life.world.now)
    )  # fmt: skip
    life.follow()
    assert listed(account).is_removed
    life.sleep()
    life.follow()
    assert Refreshed.objects.get(account=account).on < day_of(life.world.now)
    all_is_well(life)
    restore_account(by=None, account=Account.objects.get(pk=account.pk), now=life.world.now)
    life.follow()
    assert Refreshed.objects.get(account=account).on == day_of(life.world.now)
    all_is_well(life)


def test_one_merged_while_it_is_computed_is_computed_again(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    absorbed, survivor = life.world.accounts[0], life.world.accounts[1]
    meanwhile(
        monkeypatch,
        lambda: merge_accounts(by=life.boss, absorbed=absorbed, survivor=survivor, now=life.world.now),
    )
    life.follow()
    assert Refreshed.objects.get(account=survivor).revision == Account.objects.get(pk=survivor.pk).revision
    all_is_well(life)


@pytest.mark.django_db(transaction=True)
def test_one_whose_import_is_taken_back_while_it_is_computed_keeps_nobody_waiting(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round fails whole at worst; the next one does the others, and nothing is left of the one that went."""
    account = life.world.accounts[3]

    def taken_back() -> None:
        with transaction.atomic():
            forget([account.pk])
            AccountNow.objects.filter(account=account).delete()
            Account.objects.filter(pk=account.pk)._raw_delete(using="default")

    meanwhile(monkeypatch, taken_back)
    try:
        life.follow()
    except IntegrityError:
        life.follow()
    assert not Refreshed.objects.filter(account_id=account.pk).exists()
    assert Refreshed.objects.count() == Account.objects.filter(removed_at=None).count() == 3
    all_is_well(life)
