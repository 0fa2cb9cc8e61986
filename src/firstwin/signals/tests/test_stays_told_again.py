"""A fact that comes late restates since when an account is in a segment, and nothing that was said before."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstwin.accounts.actions.touches import log_touch, retract_touch
from firstwin.accounts.models import Account, AccountNow, Direction, TouchKind
from firstwin.core.clock import day_of
from firstwin.core.frames import At
from firstwin.core.invariants import verify
from firstwin.people.config.write import add_version
from firstwin.people.roles import Role
from firstwin.people.tests.factories import make_user
from firstwin.revenue.tests.facts import say_line
from firstwin.signals.ledger import standing
from firstwin.signals.models import LookedBack, SegmentStay
from firstwin.signals.refresh import again
from firstwin.signals.refresh.again import fold_again_some, hear_some
from firstwin.signals.refresh.back import look_back_some
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.refresh.once import refresh_some
from firstwin.signals.segments.restate import Span, restated
from firstwin.signals.tests.frame_deeds import World

HIGH, SMALL = "high-touch", "digital"


@pytest.fixture
def world(db: None) -> World:
    """A small customer of whom all is told, watched for two weeks."""
    world = World.begun()
    starts_on = day_of(world.now) - timedelta(days=100)
    say_line(world.accounts[0], "base", world.now, starts_on=starts_on, ends_on=starts_on + timedelta(days=900))
    _follow(world)
    look_back_some(world.now)
    for _ in range(7):
        world.now += timedelta(days=2)
        _follow(world)
    _tell_again(world)
    return world


def _follow(world: World) -> None:
    world.now += timedelta(minutes=1)
    while refresh_some(world.now):
        pass


def _tell_again(world: World) -> None:
    world.now += again.EVERY
    while hear_some(world.now) or fold_again_some(world.now):
        pass
    _follow(world)


def _seats(world: World, quantity: int, *, ago: int) -> Account:
    """Told now, of a line that began some days ago."""
    account, starts_on = world.accounts[0], day_of(world.now) - timedelta(days=ago)
    say_line(
        account, "more", world.now, starts_on=starts_on, ends_on=starts_on + timedelta(days=700), quantity=quantity
    )
    return account


def _in(account: Account, at: At) -> set[str]:
    return {stay.segment for stay in standing.stays([account.pk], at)} & {HIGH, SMALL}


def _since(account: Account, segment: str, at: At) -> Any:
    return next(stay.entered_on for stay in standing.stays([account.pk], at) if stay.segment == segment)


def test_it_entered_on_the_day_the_fact_speaks_of(world: World) -> None:
    then, spoken_of = At.of(world.now), day_of(world.now) - timedelta(days=6)
    world.now += timedelta(minutes=5)
    account = _seats(world, 300, ago=6)
    _follow(world)
    seen = At.of(world.now)
    assert _in(account, seen) == {HIGH} and _since(account, HIGH, seen) == day_of(world.now)
    _tell_again(world)
    now = At.of(world.now)
    assert _in(account, now) == {HIGH} and _since(account, HIGH, now) == spoken_of
    by_day = [_in(account, At.close_of(spoken_of + timedelta(days=n), known_by=world.now)) for n in (-1, 0, 3)]
    assert by_day == [{SMALL}, {HIGH}, {HIGH}]
    # What was said before it was known stays as it was said, of then and of the days between.
    assert _in(account, then) == {SMALL}
    assert _in(account, At.close_of(spoken_of)) == _in(account, At.close_of(spoken_of, known_by=then.moment)) == {SMALL}
    assert _in(account, seen) == {HIGH} and _since(account, HIGH, seen) == day_of(seen.moment)
    row = SegmentStay.objects.get(account=account, segment=HIGH, restated_at=None)
    assert row.is_reconstructed and row.left_on is None
    assert HIGH in str(AccountNow.objects.get(account=account).segments)
    _is_settled(world)


def _is_settled(world: World) -> None:
    world.now += timedelta(minutes=1)
    assert full_pass(world.now).differing == 0
    assert [one.problems for one in verify(now=world.now) if one.invariant.key[:8] == "signals." and one.problems] == []
    last = SegmentStay.objects.latest("pk").pk
    LookedBack.objects.update(again_from=day_of(world.now) - timedelta(days=200))
    _tell_again(world)
    assert SegmentStay.objects.latest("pk").pk == last  # once more changes nothing


def test_what_turns_out_wrong_never_held_but_was_said(world: World) -> None:
    boss, account = make_user("Nora Falk", role=Role.OPERATIONS), world.accounts[0]
    body = {"label": "Spoken to", "where": [{"field": "last_two_way", "op": "set"}]}
    add_version(by=boss, kind="segment", key="spoken", body=body, now=world.now)
    touch = log_touch(
        by=None, account=account, kind=TouchKind.CALL, direction=Direction.BOTH, occurred_at=world.now,
        summary="We spoke", now=world.now,
    )  # fmt: skip
    began = day_of(world.now)
    for _ in range(3):
        _follow(world)
        world.now += timedelta(days=1)
    _follow(world)
    said = At.of(world.now)
    assert _since(account, "spoken", said) == began
    world.now += timedelta(minutes=5)
    retract_touch(by=None, touch=touch, now=world.now)
    _follow(world)
    _tell_again(world)
    assert not SegmentStay.objects.filter(account=account, segment="spoken", restated_at=None).exists()
    assert "spoken" not in {
        stay.segment for stay in standing.stays([account.pk], At.close_of(began, known_by=world.now))
    }
    assert _since(account, "spoken", said) == _since(account, "spoken", At.close_of(began)) == began
    _is_settled(world)


def test_a_day_on_which_nobody_looked_is_told_when_somebody_looks_again(world: World) -> None:
    account = _seats(world, 300, ago=0)
    spoke = day_of(world.now)
    world.now += timedelta(days=4)
    _follow(world)
    assert _since(account, HIGH, At.of(world.now)) == day_of(world.now)
    _tell_again(world)
    assert _since(account, HIGH, At.of(world.now)) == spoke


@pytest.mark.parametrize(
    ("stored", "looked", "holds"),
    [
        ([Span(3)], [(1, False), (3, True)], [Span(3)]),
        ([Span(3)], [(1, True), (3, True)], [Span(1)]),
        ([Span(3, 9)], [(2, False), (9, True)], [Span(3)]),
        ([Span(9)], [(7, True), (8, True)], [Span(7)]),  # seen today, the day after the last one
        ([Span(3)], [(7, False), (8, False)], [Span(3, 7)]),
        ([Span(3)], [(2, False), (3, False), (4, True)], [Span(4)]),
        ([Span(5)], [(0, False), (7, False)], []),
        ([Span(1, 20)], [(0, False), (7, True), (14, False)], [Span(1, 14)]),  # the day within a week that is known
        ([], [(7, False), (8, True), (9, False)], [Span(8, 9)]),
        ([Span(2, 5), Span(5)], [(4, True), (5, True)], [Span(2, 5), Span(5)]),
    ],
)
def test_spans_of_days(stored: list[Span], looked: list[tuple[int, bool]], holds: list[Span]) -> None:
    assert restated(stored, looked) == holds


@given(
    st.lists(st.integers(0, 60), unique=True, max_size=7),
    st.dictionaries(st.integers(5, 50), st.booleans(), min_size=1),
)
def test_each_day_that_was_looked_at_comes_out_as_it_is(ends: list[int], days: dict[int, bool]) -> None:
    ordered = sorted(ends)
    stored = [Span(*ordered[n : n + 2]) for n in range(0, len(ordered), 2)]
    looked = sorted(days.items())
    found = restated(stored, looked)
    assert [(day, any(span.holds(day) for span in found)) for day, _ in looked] == looked
    assert all(one.left is not None and one.left <= other.entered for one, other in pairwise(found))
    assert restated(found, looked) == found
