"""Random trees and rows over the world of `world.py`, with the values that break things: edges, nulls, accents."""

from datetime import UTC, date, datetime, timedelta
from typing import Any as Value

from hypothesis import strategies as st

from firstwin.core.conditions import All, Any, Condition, Not, Related, Relative, Test
from firstwin.core.conditions.operators import OPERATORS
from firstwin.core.fields import Field, Kind, Vocabulary
from firstwin.core.tests.world import TODAY, VOCABULARY
from firstwin.core.text import fold

NAMES = ["Acme", "acme ltd", "ÉCLAIR", "Straße 5", "STRASSE 5", "100% _raw_", "a\\b", "Ａｃｍｅ", "cafe\u0301", "İzmir"]
near = st.integers(min_value=-4, max_value=4)
days = near.map(lambda n: TODAY + timedelta(days=n)) | st.dates(date(1900, 1, 1), date(2100, 1, 1))
moments = st.builds(
    lambda n, hours: datetime(2024, 3, 31, tzinfo=UTC) + timedelta(days=n, hours=hours), near, st.integers(-30, 30)
)
tagged = st.lists(st.sampled_from(["vip", "eu", "a_b", "axb"]), unique=True, max_size=3)


def maybe(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    return st.none() | values


accounts = st.fixed_dictionaries(
    {
        "employees": maybe(st.integers(-3, 3) | st.integers(-(2**31), 2**31 - 1)),
        "rating": maybe(st.decimals(-3, 3, places=2)),
        "arr": maybe(st.integers(-300, 300) | st.integers(-(2**63), 2**63 - 1)),
        "adoption": maybe(st.sampled_from([-0.1, 0.0, 0.1, 0.3, 0.85, 1.0])),
        "country": maybe(st.sampled_from(["", "DE", "FR", "US", "XX"])),
        "name_folded": maybe(st.sampled_from(["", *map(fold, NAMES)]) | st.text(max_size=6).map(fold)).filter(
            lambda text: text is None or "\x00" not in text
        ),
        "owner_id": maybe(st.integers(1, 3)),
        "team_id": maybe(st.integers(7, 9)),
        "is_key": maybe(st.booleans()),
        "renewal_on": maybe(days),
        "seen_at": maybe(moments),
        "touched_on": maybe(days),
        "badges": maybe(tagged.map(lambda words: "|" + "|".join(words) + "|" if words else "")),
    }
)
visited = st.fixed_dictionaries(
    {
        "minutes": maybe(st.integers(-2, 3)),
        "kind": maybe(st.sampled_from(["", "call", "mail"])),
        "occurred_at": maybe(moments),
    }
)
world = st.lists(st.tuples(accounts, tagged, st.lists(visited, max_size=4)), min_size=1, max_size=5)


def values(field: Field) -> st.SearchStrategy[Value]:
    match field.kind:
        case Kind.NUMBER | Kind.MONEY:
            fine = st.decimals(-3, 3, places=3).map(float)
            return st.integers(-3, 3) | fine | st.sampled_from(["1,234.50", "-0.005"])
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
        lambda parts: st.builds(Not, parts)
        | st.builds(All, st.lists(parts, min_size=2, max_size=3).map(tuple))
        | st.builds(Any, st.lists(parts, min_size=2, max_size=3).map(tuple)),
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

