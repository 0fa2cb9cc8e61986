"""The database answers what plain Python answers: for every edge of every operator, and for any tree."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings

from firstwin.core.conditions import All, Condition, Not, Related, Relative, Test, holds, over_all, to_q
from firstwin.core.conditions import Any as AnyOf
from firstwin.core.conditions.operators import LIST_OPS, OPERATORS, WINDOWS
from firstwin.core.fields import Field, Kind
from firstwin.core.tests.trees import NAMES, trees
from firstwin.core.tests.world import TODAY, VOCABULARY, Shop, Sticker, Visit, World, add, tables


@pytest.fixture(scope="module")
def _tables(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), tables():
        yield


@pytest.fixture(scope="module")
def full(_tables: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for many questions: nothing here writes to it."""
    with django_db_blocker.unblock(), override_settings(TIME_ZONE="Europe/Berlin"):
        yield World.build()
        for model in (Shop, Sticker, Visit):
            model._base_manager.all().delete()


@pytest.fixture
def empty(db: None, _tables: None) -> None:
    """The tables, for tests that fill them themselves."""
    for model in (Shop, Sticker, Visit):
        model._base_manager.all().delete()


def found(tree: Condition) -> list[int]:
    q = to_q(tree, VOCABULARY, TODAY, me=1)
    return sorted(Shop._base_manager.filter(q).values_list("account_id", flat=True))


def agree(world: World, tree: Condition) -> None:
    expected = [pk for pk, row in world.rows.items() if holds(tree, row, VOCABULARY, TODAY, me=1)]
    assert found(tree) == expected, tree
    assert found(Not(tree)) == [pk for pk in world.rows if pk not in expected], Not(tree)
    assert Shop._base_manager.filter(over_all(to_q(tree, VOCABULARY, TODAY, me=1))).count() == len(expected), tree


EDGE_VALUES: dict[Kind, list[Any]] = {
    Kind.NUMBER: [-3, -2.5, 0, 0.005, 2, 2.5, "1.999", 2**31 - 1, 2**31, 2**53 - 1, -(2**31), -(2**53 - 1)],
    Kind.MONEY: [-2.5, "-0.005", 0, 0.01, 2, 1.999, "1,234.50", 2**53 - 1],
    Kind.SHARE: [-0.1, 0, "30%", 0.3, "85%", 1],
    Kind.DAYS: [-1, 0, 1, 3, 30],
    Kind.DATE: ["2024-03-30", "2024-03-31", "today", Relative("days_ago", 4), Relative("days_ahead", 1)],
    Kind.TEXT: [*NAMES, "%", "_", "\\", "a", "E\u0301"],
    Kind.FLAG: [True, False],
    Kind.PERSON: [1, "me", "zoë"],
    Kind.CHOICE: [],
    Kind.TAGS: [],
}


def edges(field: Field) -> Iterator[Test]:
    values = EDGE_VALUES[field.kind] or [value for value, _ in field.options()]
    for op in OPERATORS[field.kind]:
        if op in ("set", "not_set"):
            yield Test(field.key, op)
        elif op in WINDOWS:
            yield from (Test(field.key, op, n) for n in (1, 2, 4))
        elif op == "between":
            yield from (Test(field.key, op, (low, high)) for low in values for high in values)
        elif op in LIST_OPS:
            yield from (Test(field.key, op, tuple(values[n : n + 2])) for n in range(len(values)))
        elif op != "changed":
            yield from (Test(field.key, op, value) for value in values)


@pytest.mark.parametrize("key", [key for key, field in VOCABULARY.fields.items() if field.stored])
def test_every_operator_agrees_at_every_edge(full: World, key: str) -> None:
    for test in edges(VOCABULARY.fields[key]):
        agree(full, test)


@pytest.mark.parametrize("op", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_every_count_agrees_at_every_edge(full: World, op: str) -> None:
    for n in range(4):
        for within in (None, 1, 2, 4):
            for where in (None, Test("kind", "eq", "call"), Not(Test("minutes", "gt", 1))):
                agree(full, Related("count", "visits", where, op, n, within))


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=trees)
def test_any_tree_agrees(full: World, tree: Condition) -> None:
    agree(full, tree)


def test_a_missing_value_is_never_more_less_or_different(empty: None) -> None:
    add(100, {}, [], [])
    for test in [Test("employees", "ne", 1), Test("country", "not_in", ("DE",)), Test("name", "not_contains", "x"),
                 Test("quiet", "gt", 30), Test("key", "eq", False)]:  # fmt: skip
        assert found(test) == []
        assert found(Not(test)) == [100]
        assert found(Not(Not(test))) == []


def test_all_of_nothing_is_everybody_and_any_of_nothing_nobody(empty: None) -> None:
    add(100, {}, [], [])
    add(101, {}, [], [])
    assert found(All()) == [100, 101]
    assert found(AnyOf()) == []
    assert found(AnyOf((All(), Test("employees", "eq", 5)))) == [100, 101]
    assert found(Not(All())) == []


def test_a_count_below_one_includes_accounts_without_any_row(empty: None) -> None:
    add(100, {}, [], [])
    add(101, {}, [], [{"minutes": 5}])
    assert found(Related("count", "visits", None, "lt", 1)) == [100]
    assert found(Related("count", "visits", None, "ge", 0)) == [100, 101]
    assert found(Related("none", "visits", Test("minutes", "gt", 3))) == [100]


def test_one_query_whatever_the_tree(empty: None, django_assert_num_queries: Any) -> None:
    add(100, {}, ["vip"], [{"minutes": 5}])
    tree = All((Test("tags", "has", "vip"), Related("any", "visits"), Not(Related("count", "visits", n=2))))
    with django_assert_num_queries(1):
        assert found(tree) == [100]
