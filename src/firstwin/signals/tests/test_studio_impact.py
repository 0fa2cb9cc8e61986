"""What a changed definition would do to accounts, told before it stands; much of it is stopped until it is meant."""

from collections.abc import Callable
from typing import Any

import pytest

from firstwin.accounts.actions.open_account import open_account
from firstwin.accounts.models import Account
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.people.config.apply import apply_plan
from firstwin.people.config.guard import TooMuch, impacts
from firstwin.people.config.plan import planned_one
from firstwin.people.config.together import Change
from firstwin.people.config.write import add_version
from firstwin.people.models import ConfigVersion, User
from firstwin.signals.studio.impact import impact, reading_words

pytestmark = pytest.mark.django_db

NAMES = ("Acme", "Beta", "Cora", "Dale", "Echo")


def named(*names: str) -> dict[str, Any]:
    return {"label": "Some", "where": {"any": [{"field": "name", "op": "eq", "value": one} for one in names]}}


def card(points: int) -> dict[str, Any]:
    """Everybody whose name is not Acme gets `points`."""
    holds = {"when": [{"field": "name", "op": "eq", "value": "Acme"}], "points": 100, "otherwise": points}
    measure = {"key": "m", "label": "M", "weight": 1, "holds": holds}
    group = {"key": "g", "label": "G", "weight": 1, "measures": [measure]}
    return {"label": "Pooled", "amber_from": 50, "green_from": 75, "least_coverage": 0.5, "groups": [group]}


@pytest.fixture
def five(db: None, owner: User) -> list[Account]:
    return [open_account(by=owner, name=name, now=clock.now()) for name in NAMES]


@pytest.fixture
def some(five: list[Account], operations: User) -> None:
    add_version(by=operations, kind="segment", key="some", body=named("Acme", "Beta"), now=clock.now())


def told(*changes: Change) -> dict[str, Any]:
    return {one.what: one for one in impacts(changes, clock.now())}


def test_who_would_enter_and_leave_a_segment(some: None) -> None:
    one = told(Change("segment", "some", named("Beta", "Cora")))["Membership of Some"]
    assert (one.judged, one.changed, one.is_large) == (5, 2, True)
    assert {(flip.was, flip.now, flip.accounts) for flip in one.flips} == {("In it", "Not in it", 1),
                                                                          ("Not in it", "In it", 1)}  # fmt: skip
    assert {(mover.name, mover.now) for mover in one.movers} == {("Acme", "not in it"), ("Cora", "in it")}


def test_a_new_segment_moves_nobody(five: list[Account]) -> None:
    assert not any(one.changed for one in told(Change("segment", "new", named("Acme"))).values())


def test_a_removed_segment_loses_all_its_members(some: None) -> None:
    assert told(Change("segment", "some", None))["Membership of Some"].changed == 2


def test_whose_band_a_scorecard_would_flip(five: list[Account], operations: User) -> None:
    add_version(by=operations, kind="scorecard", key="pooled", body=card(90), now=clock.now())
    one = told(Change("scorecard", "pooled", card(60)))["Health band by Pooled"]
    assert one.judged == 5
    assert [(flip.was, flip.now, flip.accounts) for flip in one.flips] == [("Green", "Amber", 4)]
    assert {(mover.was, mover.now) for mover in one.movers} == {("90 green", "60 amber")}
    assert not told(Change("scorecard", "pooled", card(80)))["Health band by Pooled"].changed


def test_a_score_just_below_its_band_is_not_rounded_into_it() -> None:
    assert reading_words(7499, "amber") == "74 amber" and reading_words(7500, "green") == "75 green"
    assert reading_words(-1, "unknown") == "unknown"


def test_many_are_sampled_the_same_way_each_time(some: None, operations: User) -> None:
    changes = [Change("segment", "some", named())]
    first, again = (
        {one.what: one for one in impact(changes, AccountSet.everyone("test"), clock.now(), most=3)} for _ in range(2)
    )
    assert first == again
    one = first["Membership of Some"]
    assert (one.judged, one.population, one.is_sample) == (3, 5, True) and "sampled of 5" in one.words


def test_others_are_named_only_to_those_who_see_them(some: None, stranger: User) -> None:
    assert impacts([Change("segment", "some", None)], clock.now(), by=stranger) == []


def test_much_is_stopped_until_it_is_meant(some: None, operations: User) -> None:
    plan = planned_one("segment", "some", named("Cora", "Dale"))
    before = ConfigVersion.objects.count()
    with pytest.raises(TooMuch, match=r"Membership of Some would change for 4 of 5 accounts \(80%\)"):
        apply_plan(by=operations, plan=plan, now=clock.now())
    assert ConfigVersion.objects.count() == before
    (version,) = apply_plan(by=operations, plan=plan, now=clock.now(), accept=True)
    assert version.number == 2


def test_little_is_not(some: None, operations: User) -> None:
    (version,) = apply_plan(
        by=operations, plan=planned_one("segment", "some", named("Acme", "Beta", "Cora")), now=clock.now()
    )
    assert version.number == 2


def test_what_is_refused_is_not_judged(some: None, operations: User, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Callable[..., Any] = lambda *_, **__: pytest.fail("judged")  # noqa: E731
    monkeypatch.setattr("firstwin.people.config.apply.require_little", asked)
    with pytest.raises(Refused, match="where"):
        apply_plan(by=operations, plan=planned_one("segment", "some", {"label": "Some"}), now=clock.now())
