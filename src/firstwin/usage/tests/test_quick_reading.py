"""The quick way through a body finds what the careful one finds, or leaves the body to it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firstwin.usage.compact import quick, reading
from firstwin.usage.compact.apart import Body
from firstwin.usage.compact.columns import Columns, columns_of
from firstwin.usage.compact.ids import clean_id, known_ids
from firstwin.usage.compact.quick import Quick, read_quickly
from firstwin.usage.compact.times import read_moment, read_moments

RECEIVED = 1_773_000_000_000_000

ids = st.sampled_from(["u1", "u2", " u1 ", "null", "", "0", "ü:1", "x" * 256, "a\\b", 'q"uote', "\x00", "\ud800"])
scalars = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | ids | st.just("1234567890123456789")
values = st.recursive(
    scalars,
    lambda some: st.lists(some, max_size=3) | st.dictionaries(st.sampled_from(["a", "b:", "c{", "value"]), some),
    max_leaves=6,
)
deep = st.integers(5, 9).map(lambda depth: nested(depth))
moments = st.sampled_from([
    "2026-03-05T14:30:00.123Z", "2026-03-05T14:30:00.123+00:00", "2026-03-05T14:30:00Z", "2026-02-30T14:30:00.123Z",
    "2026-03-05T24:00:00.000Z", "2026-03-05T14:30:60.000Z", "2026-03-05 14:30:00.123Z", "1999-12-31T23:59:59.999Z",
    "0000-03-05T14:30:00.123Z", "2026-03-05T14:30:00.12aZ", "soon", "", "1773000000", "2024-02-29T00:00:00.000Z",
])  # fmt: skip
groups = st.dictionaries(st.sampled_from(["groupId", "traits", "ip"]), ids | st.integers(0, 9) | st.just({"team": "S"}))
others = st.none() | groups | values | deep


def nested(depth: int) -> Any:
    return {"a": nested(depth - 1)} if depth else 1


@st.composite
def elements(draw: st.DrawFn) -> dict[str, Any]:
    """As clients write them, with a few oddities."""
    said: dict[str, Any] = {"type": draw(st.sampled_from(["track", "track", "page", "identify", "group", "alias"]))}
    usual: dict[str, st.SearchStrategy[Any]] = {
        "messageId": st.sampled_from(["m1", "m2", "m3", ""]),
        "userId": st.none() | ids,
        "anonymousId": st.none() | ids,
        "groupId": ids,
        "event": st.sampled_from(["Opened", " Opened  twice", "", "a: b"]),
        "name": st.sampled_from(["Home", ""]),
        "previousId": ids,
        "timestamp": moments,
        "originalTimestamp": moments,
        "sentAt": moments,
        "properties": st.dictionaries(st.sampled_from(["a", "value", "revenue"]), scalars) | others,
        "context": groups | others,
        "traits": groups | others,
        "integrations": groups | others,
        "_metadata": groups,
    }
    if draw(st.integers(0, 9)) == 0:
        usual |= {"userId": st.integers(0, 9), "timestamp": st.just(1773000000), "type": scalars, "unheard": values}
    for name in draw(st.lists(st.sampled_from(sorted(usual)), max_size=9, unique=True)):
        said[name] = draw(usual[name])
    return said


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, bytes]:
    """(the call, the body), sometimes with what only bytes can hold: keys that stand twice, escapes, spare space."""
    some: list[Any] = draw(st.lists(elements(), min_size=1, max_size=4))
    separators = draw(st.sampled_from([(",", ":"), (", ", ": ")]))
    is_ascii = draw(st.booleans())
    call = draw(st.sampled_from(["", "batch", "track", "group"]))
    said: Any = some[0] if call in ("track", "group") else {"batch": some}
    if call not in ("track", "group") and draw(st.booleans()):
        said["sentAt"] = draw(moments)
    if draw(st.integers(0, 9)) == 0:
        said["context"] = draw(groups)
    text = json.dumps(said, separators=separators, ensure_ascii=is_ascii)
    for old, new in draw(st.lists(st.sampled_from(TWISTS), max_size=2)):
        text = text.replace(old, new, 1)
    return call, text.encode(errors="surrogatepass")


TWISTS = [
    ('"userId"', '"userId": "u2", "userId"'),
    ('"a"', '"a": "\\u003a", "a"'),
    ('"event"', '"e\\u0076ent"'),
    ('{"', '{  "'),
    ("u1", "\\u003A"),
    ("u1", "\\u0000"),
    ("u1", "\udcff"),
    (":1", ":12345678901234567"),
    (": 1", ": 1e400"),
    ("m1", "m" * 33_000),
    ('"batch"', '"batch": [], "batch"'),
]


def plainly(columns: Columns) -> Any:
    coded = {name: getattr(columns, name) for name in ("user", "anonymous", "group", "name")}
    return (
        {name: (column.keys, column.rows.tolist()) for name, column in coded.items()},
        [getattr(columns, name).tolist() for name in ("what", "ts", "received", "keys", "value")],
        columns.props.to_pylist(),
        [(row, {n: v for n, v in said.items() if n in SAID and v is not None}) for row, said in columns.telling],
        sorted(map(repr, columns.refused)),
    )


SAID = ("context", "traits", "previousId")


def by_bytes(call: str, body: bytes) -> Any:
    """As it is read when nothing is taken at a glance."""
    return plainly(columns_of(1, [reading._carefully(Body(call, body, RECEIVED), body, RECEIVED)]))


@settings(max_examples=150, deadline=None)
@given(bodies())
def test_what_is_read_quickly_is_what_is_read_carefully(said: tuple[str, bytes]) -> None:
    call, body = said
    read = read_quickly(body, call, RECEIVED)
    if read is not None:
        assert plainly(columns_of(1, [read])) == by_bytes(call, body)


@settings(max_examples=60, deadline=None)
@given(st.lists(bodies(), min_size=2, max_size=5))
def test_bodies_read_in_several_ways_stand_in_their_order(said: list[tuple[str, bytes]]) -> None:
    some = [Body(call, body, RECEIVED) for call, body in said]
    anyhow = [reading.read_anyhow(one, one.body, RECEIVED) for one in some]
    assert plainly(columns_of(1, [reading.read_batch(one, RECEIVED) for one in some])) == plainly(columns_of(1, anyhow))


@settings(max_examples=60, deadline=None)
@given(bodies())
def test_what_is_trusted_at_a_glance_is_what_is_read_carefully(said: tuple[str, bytes]) -> None:
    call, body = said
    read = reading.read_anyhow(Body(call, body, RECEIVED), body, RECEIVED)
    assert plainly(columns_of(1, [read])) == by_bytes(call, body)


alike = st.from_regex(r"[0-2]\d{3}-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d\.\d{3}Z", fullmatch=True)


@settings(max_examples=200, deadline=None)
@given(st.lists(moments | alike, max_size=4))
def test_moments_of_many_are_those_of_each(said: list[str]) -> None:
    assert read_moments(said).tolist() == [read_moment(one) for one in said]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=3) | st.text("0-", max_size=3) | ids | st.sampled_from(["Null", "ﬀ", "\u2028a"])))
def test_ids_of_many_are_those_of_each(said: list[str]) -> None:
    assert list(known_ids(said)) == [clean_id(one) for one in said]


@pytest.mark.parametrize("call", ["", "batch"])
def test_what_official_clients_write_is_read_quickly(call: str) -> None:
    python = {
        "integrations": {}, "anonymousId": None, "timestamp": "2026-03-05T14:30:00.123+00:00", "type": "track",
        "context": {"library": {"name": "analytics-python", "version": "2.3.4"}}, "event": "Opened", "messageId": "m1",
        "userId": "u1", "properties": {"rows": 3},
    }  # fmt: skip
    node = {
        "type": "page", "properties": {}, "userId": "u1", "integrations": {}, "timestamp": "2026-03-05T14:30:00.123Z",
        "messageId": "m2", "context": {"library": {}}, "_metadata": {"nodeVersion": "20", "jsRuntime": "node"},
    }  # fmt: skip
    body = json.dumps({"batch": [python, node], "sentAt": "2026-03-05T14:30:01.000Z"}).encode()
    assert isinstance(read_quickly(body, call, RECEIVED), Quick)


def test_a_key_that_stands_twice_is_found_beside_an_escaped_colon() -> None:
    element = b'{"type":"track","event":"e","userId":"u1","properties":{"a":1,"a":"\\u003a"}}'
    read = reading.read_batch(Body("", b'{"batch":[' + element + b"]}", RECEIVED), RECEIVED)
    assert [refusal.code.value for refusal in read.refused] == ["duplicate_key"]


def test_what_is_remembered_of_values_has_bounds() -> None:
    for n in range(quick._MOST_MET + 10):
        body = b'{"type":"track","event":"e","userId":"u","properties":{"n":%d}}' % n
        assert isinstance(read_quickly(body, "track", RECEIVED), Quick)
    assert len(quick._properties) <= quick._MOST_MET
