"""The same tree in YAML, in text, in an address and as a sentence."""

from contextlib import suppress
from typing import Any as Data

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from firstwin.core.conditions import (
    EVERYTHING,
    All,
    Any,
    Change,
    Not,
    Related,
    Relative,
    Test,
    check,
    dump,
    from_query,
    parse,
    parse_text,
    sentence,
    to_q,
    to_query,
    to_text,
)
from firstwin.core.errors import Refused
from firstwin.core.tests.trees import trees
from firstwin.core.tests.world import TODAY, VOCABULARY

COUNTRY = Test("country", "eq", "DE")
BIG = Test("employees", "gt", 100)


@given(trees)
def test_yaml_keeps_the_tree(tree: Data) -> None:
    assert parse(yaml.safe_load(yaml.safe_dump(dump(tree)))) == tree


@given(trees)
def test_text_and_address_keep_the_tree(tree: Data) -> None:
    assert parse_text(to_text(tree)) == tree
    whole = tree if isinstance(tree, All) else All((tree,))
    assert from_query(value for _, value in to_query(whole)) == whole


@given(trees)
def test_a_sensible_tree_passes_and_reads_as_a_sentence(tree: Data) -> None:
    check(tree, VOCABULARY)
    assert sentence(tree, VOCABULARY)


TEXTS = {
    "country = 'DE' and employees > 100": All((COUNTRY, BIG)),
    "COUNTRY": None,
    "country = DE or employees > 100 and not key is true": Any((COUNTRY, All((BIG, Not(Test("key", "eq", True)))))),
    "(country = DE or employees > 100) and key = true": All((Any((COUNTRY, BIG)), Test("key", "eq", True))),
    "country in ('DE', \"FR\")": Test("country", "in", ("DE", "FR")),
    "country not in (DE)": Test("country", "not_in", ("DE",)),
    "name contains 'it''s'": Test("name", "contains", "it's"),
    "name starts with 'A' and name not contains 'b'": All(
        (Test("name", "starts_with", "A"), Test("name", "not_contains", "b"))
    ),
    "owner is set and owner is not set": All((Test("owner", "set"), Test("owner", "not_set"))),
    "country is not DE": Test("country", "ne", "DE"),
    "renewal between 2024-01-01 and 30 days ahead": Test(
        "renewal", "between", ("2024-01-01", Relative("days_ahead", 30))
    ),
    "renewal in next 90 days": Test("renewal", "in_next", 90),
    "seen older than 30 days": Test("seen", "older_than", 30),
    "seen before 7 days ago": Test("seen", "lt", Relative("days_ago", 7)),
    "renewal >= start_of_month": Test("renewal", "ge", "start_of_month"),
    "adoption < 85%": Test("adoption", "lt", "85%"),
    "arr >= 1.39E8": Test("arr", "ge", 139000000.0),
    "employees = -5": Test("employees", "eq", -5),
    "tags has vip and tags has any (eu, vip) and tags has none ('x')": All(
        (Test("tags", "has", "vip"), Test("tags", "has_any", ("eu", "vip")), Test("tags", "has_none", ("x",)))
    ),
    "any(visits where kind = call)": Related("any", "visits", Test("kind", "eq", "call")),
    "none(visits in last 30 days)": Related("none", "visits", within_days=30),
    "count(visits in last 30 days where kind = call) >= 3": Related(
        "count", "visits", Test("kind", "eq", "call"), "ge", 3, 30
    ),
    "employees changed by -30% in last 90 days": Test("employees", "changed", Change(90, "-30%")),
    "`odd name` = 1": Test("odd name", "eq", 1),
    "  ": EVERYTHING,
}  # fmt: skip


@pytest.mark.parametrize(("text", "tree"), [(text, tree) for text, tree in TEXTS.items() if tree is not None])
def test_the_text_form(text: str, tree: Data) -> None:
    assert parse_text(text) == tree


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("country =", "Line 1, column 10: expected a value: 'text', a number, a date or true, found the end."),
        ("country 'DE'", "Line 1, column 9: expected =, !=, <, <=, >, >=, is, in"),
        ("country = 'DE'\nand and", "Line 2, column 5: expected a field's name, found 'and'."),
        ("country = 'DE", "Line 1, column 11: this ' is never closed."),
        ("(country = DE", r"Line 1, column 14: expected `\)`, found the end."),
        ("country = DE employees", "Line 1, column 14: expected `and`, `or` or the end, found 'employees'."),
        ("a ; b", "Line 1, column 3: ';' does not belong here."),
        ("count(visits)", "Line 1, column 14: expected =, !=, <, <=, > or >= and a number, found the end."),
        ("a = 30 days", "Line 1, column 12: expected `ago` or `ahead`, found the end."),
        ("count(visits) >= 99999999", "Line 1, column 1: `n` is a whole number from 0 to 1000000."),
        ("seen in last 0 days and " + "(" * 60, "nested too deep"),
        ("not " * 20 + "a = 1", "nested too deep"),
        (" and ".join(["a = 1"] * 200), "too long"),
        ("a = 1" + " " * 9000, "too long"),
        ("a = '\x00'", "no text"),
    ],
)
def test_a_mistake_in_the_text_is_told_with_its_place(text: str, message: str) -> None:
    with pytest.raises(Refused, match=message):
        parse_text(text)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("x", "Expected a condition"),
        ({"fild": "x"}, "Expected one of"),
        ({"all": [{"field": "x"}, {"not": {"field": 3}}]}, r"all\[1\].not: Expected a field's name"),
        ({"field": "x", "valu": 3}, "'valu' does not belong here: field, op, value do"),
        ({"any": "visits", "n": 3}, "'n' does not belong here"),
        ({"any": [], "where": {}}, "`where` belongs to a collection"),
        ({"count": "visits", "n": -1}, "whole number"),
        ({"count": "visits", "n": True}, "whole number"),
        ({"field": "x", "op": "eq", "value": float("nan")}, "finite"),
        ({"field": "x", "op": "eq", "value": {"weeks_ago": 3}}, "days_ago"),
        ({"field": "x", "op": True}, "quote it"),
    ],
)
def test_a_mistake_in_plain_data_is_told_with_its_path(data: Data, message: str) -> None:
    with pytest.raises(Refused, match=message):
        parse(data)


def test_endless_data_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    wide: dict[str, Data] = {"any": [{"field": "x"}] * 9}
    for _ in range(6):
        wide = {"any": [wide] * 9}
    for data in (endless, wide, [{"field": "x"}] * 101):
        with pytest.raises(Refused):
            parse(data)


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (All((COUNTRY, Test("contry", "eq", "DE"))), r"all\[1\]: There is no field 'contry'.*Did you mean country"),
        (Test("country", "gt", "DE"), "Country is a choice and cannot be compared with 'gt': use eq, ne, in"),
        (Test("country", "eq", "Germny"), "Country has no 'Germny'. Known are DE, FR, US"),
        (Test("team", "eq", "Nort"), "Team has no 'Nort'. Did you mean North"),
        (Test("employees", "eq", "many"), "'many' is not an amount"),
        (Test("employees", "eq", 2**60), "Numbers run to"),
        (Test("employees", "between", (1,)), "two values"),
        (Test("employees", "eq"), "needs a value"),
        (Test("renewal", "eq", "2024-02-30"), "Expected a date"),
        (Test("renewal", "eq", "0001-01-01"), "Dates run from 1000"),
        (Test("adoption", "gt", 85), "0.85 or 85%"),
        (Test("quiet", "gt", 1.5), "whole number"),
        (Test("name", "contains", "  "), "some text"),
        (Test("name", "eq", "\ud800"), "readable"),
        (Test("owner", "eq", "Nobody"), "there is no 'Nobody'"),
        (Test("owner", "set", 3), "takes no value"),
        (Related("any", "visit"), "no collection 'visit'"),
        (Related("any", "visits", Related("any", "visits")), "any visits: Rows of visits have no collections"),
        (Related("any", "visits", Test("country", "eq", "DE")), "any visits: There is no field 'country' of visits"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(tree: Data, message: str) -> None:
    with pytest.raises(Refused, match=message):
        check(tree, VOCABULARY)
    with pytest.raises(Refused):
        to_q(tree, VOCABULARY, TODAY)


def test_what_the_list_cannot_answer_says_so() -> None:
    with pytest.raises(Refused, match=r"not.all\[0\]: Whether employees changed needs its past values"):
        to_q(Not(All((Test("employees", "changed", Change(30)), COUNTRY))), VOCABULARY, TODAY)
    with pytest.raises(Refused, match="Lists cannot be filtered by Score: save the condition as a segment"):
        to_q(Test("score", "gt", 3), VOCABULARY, TODAY)
    with pytest.raises(Refused, match="Nobody is asking"):
        to_q(Test("owner", "eq", "me"), VOCABULARY, TODAY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("country = DE and quiet > 30", "Country is Germany and days since last touch are more than 30"),
        ("arr >= 1000 or rating < 2.5", "ARR is at least $1,000 or rating is less than 2.5 stars"),
        ("not (key = true) and country in (DE, FR)",
         "Not (key account is yes) and country is any of Germany or France"),
        ("renewal < 2024-01-31", "Renewal date is before 31 Jan 2024"),
        ("renewal > 3 days ago and seen in last 7 days",
         "Renewal date is after 3 days ago and last seen is in the last 7 days"),
        ("renewal = start_of_month", "Renewal date is the start of the month"),
        ("adoption >= 85% and owner = me", "Adoption is at least 85% and owner is me"),
        ("tags has vip and name contains 'Ltd'", "Tags include VIP and name contains “Ltd”"),
        ("count(visits in last 30 days where kind = call) >= 3",
         "At least 3 visits in the last 30 days where kind is Call"),
        ("none(visits where kind = call and minutes > 5)", "No visit where (kind is Call and minutes are more than 5)"),
        ("(country = DE or country is not set) and owner = Ann",
         "(country is Germany or country is not set) and owner is Ann"),
        ("country = Narnia", "Country is Narnia"),
        ("employees changed by -30% in last 90 days", "Employees changed by -30% in the last 90 days"),
        ("", "Everything"),
    ],
)  # fmt: skip
def test_sentences(text: str, said: str) -> None:
    assert sentence(parse_text(text), VOCABULARY) == said


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates() | st.binary(max_size=4)
    | st.sampled_from(["country", "any", "visits", "eq", "between", "employees", "renewal", "in"]),
    lambda parts: st.lists(parts, max_size=4)
    | st.dictionaries(st.sampled_from(["all", "any", "not", "none", "count", "field", "op", "value", "where", "n",
                                       "within_days", "days_ago", "by"]) | st.text(max_size=3), parts, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(anything)
def test_bad_data_is_refused_and_nothing_else(data: Data) -> None:
    with suppress(Refused):
        tree = parse(data)
        check(tree, VOCABULARY)
        to_q(tree, VOCABULARY, TODAY, me=1)
        sentence(tree, VOCABULARY)


WORDS = [*"()=<>,'`%-", "and", "or", "not", "in", "last", "days", "any", "count", "where", "country", "visits", "'DE'",
         "30", "is", "set", "between", "has", "by", "changed", "2024-01-31", "1e999", "\ud800"]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.text() | st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_bad_text_is_refused_and_nothing_else(text: str) -> None:
    with suppress(Refused):
        tree = from_query([text])
        check(tree, VOCABULARY)
        to_q(tree, VOCABULARY, TODAY, me=1)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([*VOCABULARY.fields]),
    st.sampled_from(["eq", "ne", "lt", "between", "in", "contains", "has", "in_last", "changed", "set", "x"]),
    anything,
)
def test_a_tree_built_in_code_is_refused_and_nothing_else(field: str, op: str, value: Data) -> None:
    with suppress(Refused):
        to_q(Test(field, op, value), VOCABULARY, TODAY)
