"""Random trees over the world of `world.py`, with the values that break things: edges, fractions, accents."""

from datetime import date, timedelta
from typing import Any as Value

from hypothesis import strategies as st

from firstwin.core.conditions import All, Any, Condition, Not, Related, Relative, Test
from firstwin.core.conditions.operators import OPERATORS
from firstwin.core.fields import Field, Kind, Vocabulary
from firstwin.core.tests.world import TODAY, VOCABULARY

NAMES = ["Acme", "acme ltd", "ÉCLAIR", "Straße 5", "STRASSE 5", "100% _raw_", "a\\b", "Ａｃｍｅ", "cafe\u0301", "İzmir"]
near = st.integers(min_value=-4, max_value=4)
days = near.map(lambda n: TODAY + timedelta(days=n)) | st.dates(date(1900, 1, 1), date(2100, 1, 1))


def values(field: Field) -> st.SearchStrategy[Value]:
    match field.kind:
        case Kind.NUMBER | Kind.MONEY:
            return st.integers(-3, 3) | st.sampled_from([2.5, -2.5, 0.005, -0.005, 0.01, 1.999, "1,234.50", 2**53 - 1])
        case Kind.SHARE:
            return st.sampled_from([0, 0.1, 0.3, "85%", 1, "-10%", 0.299])
        case Kind.DAYS:
            return near
        case Kind.DATE:
            relative = st.builds(Relative, st.sampled_from(["days_ago", "days_ahead"]), st.integers(0, 4))
            words = st.sampled_from(["today", "yesterday", "start_of_month", "start_of_week", "start of quarter"])
            return days.map(date.isoformat) | relative | words
        case Kind.TEXT:
            return st.sampled_from([*NAMES, "%", "_", "\\", "ac", "ß", "E\u0301"])
        case Kind.FLAG:
            return st.sampled_from([True, False, "yes"])
        case Kind.PERSON:
            return st.sampled_from([1, 2, "3", "me", "zoë"])
        case _:
            return st.sampled_from([word for option in field.options() for word in option])


@st.composite
def tests(draw: st.DrawFn, vocabulary: Vocabulary) -> Test:
    field = draw(st.sampled_from([field for field in vocabulary.fields.values() if field.stored]))
    op = draw(st.sampled_from([op for op in OPERATORS[field.kind] if op != "changed"]))
    if op in ("set", "not_set"):
        return Test(field.key, op)
    if op in ("in_last", "in_next", "older_than"):
        return Test(field.key, op, draw(st.integers(1, 4)))
    if op == "between":
        return Test(field.key, op, draw(st.tuples(values(field), values(field))))
    if op in ("in", "not_in", "has_any", "has_none"):
        return Test(field.key, op, tuple(draw(st.lists(values(field), min_size=1, max_size=3))))
    return Test(field.key, op, draw(values(field)))


def nested(leaves: st.SearchStrategy[Condition], size: int) -> st.SearchStrategy[Condition]:
    """Few leaves keep every tree below the bounds of `tree.bounded`."""
    return st.recursive(
        leaves,
        lambda parts: (
            st.builds(Not, parts)
            | st.builds(All, st.lists(parts, min_size=2, max_size=3).map(tuple))
            | st.builds(Any, st.lists(parts, min_size=2, max_size=3).map(tuple))
        ),
        max_leaves=size,
    )


def depth(tree: Condition) -> int:
    from firstwin.core.conditions.tree import children

    return 1 + max((depth(part) for _, part in children(tree)), default=0)


inner = nested(tests(VOCABULARY.collections["visits"].vocabulary), 2).filter(lambda tree: depth(tree) <= 3)
quantified = st.builds(
    Related, st.sampled_from(["any", "none"]), st.just("visits"), st.none() | inner,
    within_days=st.none() | st.integers(1, 4),
)  # fmt: skip
counted = st.builds(
    Related, st.just("count"), st.just("visits"), st.none() | inner,
    st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), st.integers(0, 3), st.none() | st.integers(1, 4),
)  # fmt: skip
trees = nested(tests(VOCABULARY) | tests(VOCABULARY) | quantified | counted, 6).filter(lambda tree: depth(tree) <= 8)
