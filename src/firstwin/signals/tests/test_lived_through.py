"""After days of random writes, late facts, use, judgements, a merge and its undoing: bit by bit and all at once come
out the same, readings come out of their inputs, and what history says otherwise now has a reason with a name."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from tests.examples import few, thorough

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.actions.touches import log_touch
from firstwin.accounts.dossier import dossier
from firstwin.accounts.models import Account, AccountNow, Direction, TouchKind
from firstwin.core.clock import day_of
from firstwin.core.frames import At
from firstwin.core.invariants import verify
from firstwin.people.config.store import definition
from firstwin.revenue.tests.facts import say_line
from firstwin.signals.frame.sitting import sitting
from firstwin.signals.ledger.told import told
from firstwin.signals.models import Episode, LookedBack, Reading, Refreshed, SegmentStay, StageMove
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.once import make
from firstwin.signals.scores.again import recomputed
from firstwin.signals.scores.explain import explained
from firstwin.signals.tests.frame_deeds import DEEDS
from firstwin.signals.tests.lived import OURS, PASS_EVERY, Life, ids_there, lived, own_lake, shown
from firstwin.usage.store.router import EVENTS

pytestmark = [pytest.mark.django_db, pytest.mark.once, thorough]

DAYS = few(7, many=30)
EXPLAINED = {"facts that came later", "the hour moved on", "nothing was published by then"}
OF_TODAY = {"revision", "removed_at"}
"""What a dossier of a past day says of the account as it stands now."""


@pytest.fixture(scope="module")
def life(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """One for all tests here, each of which is taken back."""
    home = tmp_path_factory.mktemp("life")
    with django_db_blocker.unblock(), own_lake(home), transaction.atomic(using=EVENTS), transaction.atomic():
        yield lived(DAYS)
        transaction.set_rollback(True, using=EVENTS)
        transaction.set_rollback(True)


@pytest.fixture
def now(life: Life) -> Iterator[datetime]:
    """When that life stands still; it goes back to then."""
    yield (stopped := life.world.now)
    life.world.now = stopped


def test_a_pass_over_everybody_finds_what_was_published_bit_by_bit(life: Life, now: datetime) -> None:
    assert len(life.passes) == DAYS // PASS_EVERY
    assert [(one.differing, one.differences) for one in life.passes] == [(0, [])] * len(life.passes)
    for model in (Reading, StageMove, Episode, SegmentStay, LookedBack):
        assert model._default_manager.exists(), model
    for row in AccountNow.objects.filter(is_removed=False):
        assert row.health_band is not None and row.experience
    assert [(one.invariant.key, one.problems) for one in verify(now=now) if _is_ours(one) and one.problems] == []


def _is_ours(finding: Any) -> bool:
    return bool(finding.invariant.key.startswith("signals."))


def test_what_was_published_comes_out_of_its_inputs(life: Life) -> None:
    every = list(Reading.objects.order_by("pk"))
    for one in Random(5).sample(every, min(500, len(every))):
        assert recomputed(definition("scorecard", one.scorecard, one.version), bytes(one.inputs)) == bytes(one.result)
        said = explained(bytes(one.result))
        assert (said.score, said.band, said.coverage) == (one.score, one.band, one.coverage)


def replayed(*words: str) -> dict[str, Any]:
    out = StringIO()
    call_command("replay", *words, "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def _span(life: Life) -> list[str]:
    last = day_of(life.world.now) - timedelta(days=1)
    return ["--from", str(last - timedelta(days=DAYS - 1)), "--to", str(last), "--every", "1"]


def test_each_difference_of_a_replay_has_a_reason(life: Life) -> None:
    found = replayed(*_span(life))
    assert found["days"] == DAYS and found["accounts"]
    assert shown(one for one in found["differences"] if one["why"] not in EXPLAINED) == []
    _facts_came_later(found)


def test_with_hindsight_each_difference_names_the_late_fact(life: Life) -> None:
    found = replayed(*_span(life), "--hindsight")
    assert any(one["facts"] for one in found["differences"])
    assert shown(one for one in found["differences"] if one["why"] not in EXPLAINED) == []
    _facts_came_later(found)


def _facts_came_later(found: dict[str, Any]) -> None:
    for one in found["differences"]:
        if one["why"] == "facts that came later":
            assert one["facts"]
        for fact in one["facts"]:
            assert max(fact["recorded_at"], fact["known_until"] or "") > one["published_at"]


def test_a_fact_told_late_is_the_one_that_is_named(life: Life, now: datetime) -> None:
    account = open_account(by=None, name="Never called", now=life.world.now)
    life.follow()
    day = str(day_of(life.world.now))
    words = ("--account", account.key, "--from", day, "--to", day, "--hindsight")
    life.sleep()
    assert replayed(*words)["differences"] == []
    late = log_touch(
        by=None, account=account, kind=TouchKind.CALL, direction=Direction.BOTH,
        occurred_at=life.world.now - timedelta(days=3), summary="They called", now=life.world.now,
    )  # fmt: skip
    (one,) = replayed(*words)["differences"]
    assert one["why"] == "facts that came later"
    assert [(fact["table"], fact["id"]) for fact in one["facts"]] == [("accounts.touch", late.pk)]
    assert replayed(*words[:-1])["differences"] == []


def everything(at: At) -> dict[str, Any]:
    """All that is said of all accounts as of a moment, worked out again and out of the ledger."""
    ids = ids_there()
    with sitting(ids) as facts:
        made = make(facts, at, definitions_at(at.moment))
    of_each: dict[str, Any] = {}
    listed = told(ids, at)
    for place, pk in enumerate(made.accounts.tolist()):
        account = Account.objects.get(pk=pk)
        written = dossier(account, as_of=at.moment + timedelta(microseconds=1), is_past=True)
        of_each[account.key] = {
            "scores": {card: as_scored(made.row(card, place)) for card in made.cards[place]},
            "cards": made.cards[place],
            "experience": made.experience[place],
            "segments": {key: bool(mask[place]) for key, mask in made.segments.items()},
            "stage": [str(each[place]) for each in (made.standings.stage, made.standings.overlay, made.pace.pace)],
            "since": [int(each[place]) for each in (made.standings.entered_on, made.standings.overlay_on)],
            "moves": [one for one in made.moves if one.account == pk],
            "found": [(one.key, one.severity, one.words, one.evidence) for one in made.found if one.account == pk],
            "opened": [one.key for one in made.changes.opened if one.account == pk],
            "cleared": [one.key for one in made.changes.cleared if one.account == pk],
            "listed": listed.get(pk, {}),
            "dossier": {name: value for name, value in written.items() if name not in OF_TODAY | {"metrics"}},
            "metrics": written["metrics"],
        }
    return of_each


def as_scored(row: Any) -> Any:
    """To the byte."""
    return row.score, row.band, row.coverage, row.inputs, row.result


def _plant(life: Life) -> None:
    """Facts that speak of days long past and of this one, through every deed there is, but for what makes two accounts
    one: that makes one history of two."""
    dice = Random(3)
    for deed in [*range(len(DEEDS)), *range(len(DEEDS))]:
        life.world.now += timedelta(minutes=5)
        life.world.do(deed, *_abc(dice))
    for deed in range(len(OURS)):
        life.world.now += timedelta(minutes=5)
        life.own(deed, *_abc(dice))
    for n, account in enumerate(life.world.accounts):
        began = day_of(life.world.now) - timedelta(days=400)
        say_line(account, f"late{n}", life.world.now, starts_on=began, ends_on=began + timedelta(days=500))


def _abc(dice: Random) -> tuple[int, int, int]:
    return dice.randrange(12), dice.randrange(12), dice.randrange(12)


def test_what_becomes_known_later_changes_nothing_before(life: Life, now: datetime) -> None:
    """Neither what is worked out again as of then, nor what lists and dossiers of then say: score, stage, segments,
    risks. Not even after it was computed, looked back at and passed over."""
    then = At.of(now)
    before = everything(then)
    life.sleep()
    life.sleep()
    _plant(life)
    _same(everything(then), before)
    life.follow()
    life.look_back()
    life.follow()
    life.night()
    assert Refreshed.objects.filter(at__gt=now).exists() and Reading.objects.filter(at__gt=now).exists()
    _same(everything(then), before)


def _same(now: dict[str, Any], before: dict[str, Any]) -> None:
    assert now.keys() == before.keys()
    differing = [
        (key, part, *_unlike(now[key][part], value))
        for key, said in before.items()
        for part, value in said.items()
        if now[key][part] != value
    ]
    assert shown(differing) == []


def _unlike(one: Any, other: Any) -> Any:
    """The smallest part that differs."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            (name, one.get(name), other.get(name))
            for name in one.keys() | other.keys()
            if one.get(name) != other.get(name)
        ]
    return one, other
