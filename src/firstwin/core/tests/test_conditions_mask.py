"""Columns answer what plain Python and the database answer, for every edge of every operator and for any tree."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstwin.core.conditions import (
    All,
    Change,
    Condition,
    Not,
    Related,
    Test,
    check,
    holds,
    parse_text,
    sentence,
    to_q,
)
from firstwin.core.conditions import Any as AnyOf
from firstwin.core.conditions.mask import mask
from firstwin.core.errors import Refused
from firstwin.core.fields import Collection, Field, Kind, Vocabulary
from firstwin.core.frames import At
from firstwin.core.tests.framed import RowFrame, RowsOf
from firstwin.core.tests.test_conditions_agree import edges
from firstwin.core.tests.trees import trees
from firstwin.core.tests.world import MODELS, TODAY, VOCABULARY, Shop, World, tables


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), tables(), override_settings(TIME_ZONE="Europe/Berlin"):
        yield World.build()
        for model in MODELS:
            model._base_manager.all().delete()


@pytest.fixture(scope="module")
def frame(world: World) -> RowFrame:
    return RowFrame.of(world.rows, VOCABULARY, TODAY)


def agree(world: World, frame: RowFrame, tree: Condition) -> None:
    expected = [holds(tree, row, VOCABULARY, TODAY, me=1) for row in world.rows.values()]
    assert mask(tree, frame, me=1).tolist() == expected, tree
    assert mask(Not(tree), frame, me=1).tolist() == [not one for one in expected], Not(tree)


@pytest.mark.parametrize("key", [key for key, field in VOCABULARY.fields.items() if field.stored])
def test_every_operator_agrees_at_every_edge(world: World, frame: RowFrame, key: str) -> None:
    for test in edges(VOCABULARY.fields[key]):
        agree(world, frame, test)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=trees)
def test_any_tree_agrees_with_python_and_the_database(world: World, frame: RowFrame, tree: Condition) -> None:
    agree(world, frame, tree)
    found = Shop._base_manager.filter(to_q(tree, VOCABULARY, TODAY, me=1)).values_list("account_id", flat=True)
    assert sorted(found) == frame.accounts[mask(tree, frame, me=1)].tolist()


@pytest.mark.parametrize("op", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_every_count_agrees(world: World, frame: RowFrame, op: str) -> None:
    for n in range(4):
        for within in (None, 1, 4):
            for where in (None, Test("kind", "eq", "call"), Not(Test("minutes", "gt", 1))):
                agree(world, frame, Related("count", "visits", where, op, n, within))


amounts = st.sampled_from([None, "5", "-5", "+1", "0", "-0", "-30%", "30%", "0%", "-0.01", "0.1", "-100%"])
stored = {
    "employees": st.none() | st.integers(-10, 10) | st.sampled_from([2**31 - 1, -(2**31)]),
    "rating": st.none() | st.sampled_from([-0.3, 0.0, 0.1, 0.2, 0.3, 0.7, 1.0, 10.0, 7.0]),
    "arr": st.none() | st.integers(-300, 300) | st.sampled_from([10_000, 7_000, 2**53 - 1]),
    "adoption": st.none() | st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.7, 1.0]),
    "quiet": st.none() | st.integers(-12, 2).map(lambda n: TODAY + timedelta(days=n)),
    "unseen": st.none() | st.integers(-300, 10).map(lambda n: datetime(2024, 3, 31, tzinfo=UTC) + timedelta(hours=n)),
    "country": st.sampled_from([None, "", "DE", "FR"]),
    "team": st.sampled_from([None, 7, 8]),
    "owner": st.sampled_from([None, 1, 2]),
    "key": st.sampled_from([None, True, False]),
}


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_changes_agree_with_plain_python(data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(stored)))
    days = data.draw(st.integers(1, 10))
    takes_amount = key not in ("country", "team", "owner", "key")
    test = Test(key, "changed", Change(days, data.draw(amounts) if takes_amount else None))
    values = data.draw(st.lists(st.tuples(stored[key], stored[key]), min_size=1, max_size=8))
    rows = {pk: {key: now, "_past": {days: {key: was}}} for pk, (was, now) in enumerate(values)}
    with override_settings(TIME_ZONE="Europe/Berlin"):
        frame = RowFrame.of(rows, VOCABULARY, TODAY)
        assert mask(test, frame).tolist() == [holds(test, row, VOCABULARY, TODAY) for row in rows.values()]


def changed(field: str, was: Any, now: Any, by: str | None) -> bool:
    row = {field: now, "_past": {7: {field: was}}}
    return bool(mask(Test(field, "changed", Change(7, by)), RowFrame.of({1: row}, VOCABULARY, TODAY))[0])


@pytest.mark.parametrize(
    ("was", "now", "by", "held"),
    [(10, 7, "-30%", True), (10, 8, "-30%", False), (10, 15, "5", True), (10, 5, "5", False), (10, 5, "-5", True),
     (0, 1, "30%", True), (0, 0, "30%", False), (-10, -7, "30%", True), (10, 10, None, False), (10, 11, None, True),
     (None, 10, None, True), (None, 10, "1", False), (10, None, "-10%", False), (None, None, None, False)],
)  # fmt: skip
def test_a_change_has_a_direction_an_amount_and_two_values(was: Any, now: Any, by: str | None, held: bool) -> None:
    assert changed("employees", was, now, by) is held


def test_decimals_decide_where_floats_are_close() -> None:
    assert changed("adoption", 0.1, 0.3, "0.2")  # 0.3 - 0.1 < 0.2 in floats
    assert not changed("adoption", 0.1, 0.29999999999999, "0.2")


def test_days_since_change_when_their_day_does() -> None:
    assert not changed("quiet", TODAY - timedelta(days=20), TODAY - timedelta(days=20), None)
    assert changed("quiet", TODAY - timedelta(days=20), TODAY - timedelta(days=20), "7")
    assert changed("quiet", TODAY - timedelta(days=20), TODAY, None)


def test_a_change_is_seen_by_what_is_known_now() -> None:
    """A late fact about a week ago is no change since."""
    asked: list[At] = []
    frame = RowFrame.of({1: {"employees": 1, "_past": {7: {"employees": 1}}}}, VOCABULARY, TODAY)
    frame.seen = asked
    mask(Test("employees", "changed", Change(7)), frame)
    assert [(at.on, at.known_by) for at in asked] == [(TODAY - timedelta(days=7), frame.at.known_by)]


def test_rows_have_no_past() -> None:
    tree = Related("any", "visits", Test("minutes", "changed", Change(7)))
    with pytest.raises(Refused, match="Rows of visits are asked for as they are"):
        check(tree, VOCABULARY)
    with pytest.raises(Refused, match="Rows of visits are asked for as they are"):
        mask(tree, RowFrame.of({1: {}}, VOCABULARY, TODAY))


NAME = Field("name", Kind.CHOICE, "Name", "usage")
EVENTS = Vocabulary(
    {"score": VOCABULARY.fields["score"]},
    {"events": Collection("events", "Events", "usage", (NAME,), None, dated="day", one="event", reach=90, did="name")},
)


def test_what_only_frames_know_is_asked_of_a_segment() -> None:
    for tree in (Test("score", "gt", 1), Related("any", "events", within_days=7)):
        check(tree, EVENTS)
        with pytest.raises(Refused, match="save the condition as a segment"):
            to_q(tree, EVENTS, TODAY)


def test_a_row_that_stands_for_several_counts_as_many() -> None:
    told = [{"name": name, "_dated": TODAY} for name in ("export", "export", "login")]
    frame = RowFrame.of({1: {"events": told[2:]}, 2: {"events": told}}, EVENTS, TODAY)
    rows = frame.related["events"]
    frame.related["events"] = RowsOf(rows.owner, rows.columns, rows.dated, np.array([9, 1, 2, 9]))
    asked = "count(events in last 14 days where name = export) {} 3"
    assert mask(parse_text(asked.format(">=")), frame).tolist() == [False, True]
    assert mask(parse_text(asked.format("<")), frame).tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("count(events in last 14 days where name = report) >= 3", "Did report at least 3 times in the last 14 days"),
        ("count(events in last 1 days where name = report) = 1", "Did report exactly once in the last 1 day"),
        ("any(events in last 14 days where name = report)", "Did report in the last 14 days"),
        ("none(events in last 14 days where name = report)", "Did not do report in the last 14 days"),
        ("any(events in last 14 days)", "Any event in the last 14 days"),
    ],
)
def test_what_was_done_reads_as_one_says_it(text: str, said: str) -> None:
    assert sentence(parse_text(text), EVENTS) == said


@pytest.mark.parametrize("days", [None, 91])
def test_rows_are_not_asked_for_beyond_what_there_is(days: int | None) -> None:
    with pytest.raises(Refused, match="looked back over for 90 days"):
        check(Related("any", "events", within_days=days), EVENTS)


def test_refusals_name_the_place() -> None:
    frame = RowFrame.of({1: {}}, VOCABULARY, TODAY)
    with pytest.raises(Refused, match=r"all\[1\].not: There is no field 'emplyees'"):
        mask(All((Test("employees", "set"), Not(Test("emplyees", "set")))), frame)


def test_no_accounts_give_no_answers() -> None:
    frame = RowFrame.of({}, VOCABULARY, TODAY)
    tree = AnyOf(
        (Test("name", "contains", "x"), Related("none", "visits"), Test("employees", "changed", Change(3, "1")))
    )
    assert mask(tree, frame).tolist() == []
