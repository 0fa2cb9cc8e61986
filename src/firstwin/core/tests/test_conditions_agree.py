"""The database answers what plain Python answers, for any tree over any rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firstwin.core.conditions import All, Condition, Not, Related, Test, holds, to_q
from firstwin.core.conditions import Any as AnyOf
from firstwin.core.tests.trees import trees, world
from firstwin.core.tests.world import TODAY, VOCABULARY, Shop, Sticker, Visit, row_of, tables


@pytest.fixture(scope="module")
def django_db_setup_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), tables():
        yield


@pytest.fixture
def shops(db: None, django_db_setup_world: None) -> Any:
    return Shop


def fill(rows: list[Any]) -> dict[int, dict[str, Any]]:
    """Write the world anew; the same rows as the evaluator reads them, by account id."""
    for model in (Shop, Sticker, Visit):
        model._base_manager.all().delete()
    told = {}
    # A visit of nobody's must not poison a NOT IN.
    Visit._base_manager.create(minutes=1, kind="call")
    for pk, (values, words, visits) in enumerate(rows, start=100):
        shop = Shop._base_manager.create(account_id=pk, **values)
        Sticker._base_manager.bulk_create(Sticker(account_id=pk, word=word) for word in words)
        seen = Visit._base_manager.bulk_create(Visit(account_id=pk, **visit) for visit in visits)
        told[pk] = row_of(shop, words, seen)
    return told


def found(tree: Condition) -> list[int]:
    q = to_q(tree, VOCABULARY, TODAY, me=1)
    return sorted(Shop._base_manager.filter(q).values_list("account_id", flat=True))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=world, asked=st.lists(trees, min_size=4, max_size=12))
def test_the_database_and_the_evaluator_agree(shops: Any, rows: Any, asked: Any) -> None:
    told = fill(rows)
    for tree in asked:
        for either in (tree, Not(tree)):
            expected = [pk for pk, row in told.items() if holds(either, row, VOCABULARY, TODAY, me=1)]
            assert found(either) == expected, either


def test_a_missing_value_is_never_more_less_or_different(shops: Any) -> None:
    fill([({}, [], [])])
    for test in [Test("employees", "ne", 1), Test("country", "not_in", ("DE",)), Test("name", "not_contains", "x"),
                 Test("quiet", "gt", 30), Test("key", "eq", False)]:  # fmt: skip
        assert found(test) == []
        assert found(Not(test)) == [100]
        assert found(Not(Not(test))) == []


def test_all_of_nothing_is_everybody_and_any_of_nothing_nobody(shops: Any) -> None:
    fill([({}, [], []), ({}, [], [])])
    assert found(All()) == [100, 101]
    assert found(AnyOf()) == []
    assert found(AnyOf((All(), Test("employees", "eq", 5)))) == [100, 101]
    assert found(Not(All())) == []


def test_a_count_below_one_includes_accounts_without_any_row(shops: Any) -> None:
    fill([({}, [], []), ({}, [], [{"minutes": 5}])])
    assert found(Related("count", "visits", None, "lt", 1)) == [100]
    assert found(Related("count", "visits", None, "ge", 0)) == [100, 101]
    assert found(Related("none", "visits", Test("minutes", "gt", 3))) == [100]


def test_one_query_whatever_the_tree(shops: Any, django_assert_num_queries: Any) -> None:
    fill([({}, ["vip"], [{"minutes": 5}])])
    tree = All((Test("tags", "has", "vip"), Related("any", "visits"), Not(Related("count", "visits", n=2))))
    with django_assert_num_queries(1):
        assert found(tree) == [100]
