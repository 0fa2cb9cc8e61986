"""What arrives becomes rows: whom and what an event names, when it happened, and what is turned down."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from firstwin.usage.compact.rows import Made, rows_of
from firstwin.usage.models import Source
from firstwin.usage.store.models import Actor, EventName, Inbox, Place

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)


@pytest.fixture
def source() -> Source:
    return Source.objects.create(key="app", name="App", recorded_at=NOW)


def arrived(source: Source, body: Any, *, call: str = "", at: datetime = NOW) -> Inbox:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    events = len(body["batch"]) if isinstance(body, dict) and "batch" in body else 1
    return Inbox.objects.create(source=source.pk, call=call, received_at=at, body=text, events=events, size=len(text))


def made(source: Source, *elements: Any, at: datetime = NOW, **around: Any) -> Made:
    return rows_of([arrived(source, {"batch": list(elements), **around}, at=at)], now=NOW)


def track(**said: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Opened", "userId": "u1", "messageId": "m1", **said}


def rows(found: Made) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = found.table.to_pylist()
    return listed


def codes(found: Made) -> list[str]:
    return [refusal.code.value for _, refusal in found.rejected]


def test_an_event_names_its_customer_its_person_and_itself(source: Source) -> None:
    said = track(
        timestamp="2026-03-05T14:30:00.123Z", context={"groupId": "acme"}, properties={"rows": 3, "revenue": 19.95}
    )
    (row,) = rows(made(source, said))
    assert row["place"] == Place.objects.get(key="acme").pk
    assert row["actor"] == Actor.objects.get(key="u:u1").pk
    assert row["feature"] == EventName.objects.get(name="Opened", kind="track").pk
    assert row["ts"] == datetime(2026, 3, 5, 14, 30, 0, 123_000)
    assert row["value_micro"] == 19_950_000
    assert json.loads(row["props"]) == {"rows": 3, "revenue": 19.95}
    assert (row["known_on"], row["count"], row["source"]) == (0, 1, source.pk)


def test_numbers_are_ids_too(source: Source) -> None:
    first, second = rows(made(source, track(userId=7, groupId=12), track(userId="7", groupId="12", messageId="m2")))
    assert (first["actor"], first["place"]) == (second["actor"], second["place"])


def test_the_clock_of_the_client_is_corrected_by_what_it_says_on_sending(source: Source) -> None:
    fast = track(timestamp="2026-03-05T17:00:00Z")
    (row,) = rows(made(source, fast, sentAt="2026-03-05T17:10:00Z"))
    assert row["ts"] == datetime(2026, 3, 5, 14, 50)


def test_an_original_moment_comes_before_the_timestamp(source: Source) -> None:
    (row,) = rows(made(source, track(timestamp="2026-03-05T11:00:00Z", originalTimestamp="2026-03-05T10:00:00Z")))
    assert row["ts"] == datetime(2026, 3, 5, 10)


@pytest.mark.parametrize(
    ("said", "ts"),
    [
        ("2026-03-05T14:00:00", datetime(2026, 3, 5, 14)),
        ("2026-03-05T14:00:00+02:00", datetime(2026, 3, 5, 12)),
        ("2026-03-05T14:00:00.1234567Z", datetime(2026, 3, 5, 14, 0, 0, 123_456)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1)),
        (1772719200, datetime(2026, 3, 5, 14)),
        (1772719200000, datetime(2026, 3, 5, 14)),
        ("1772719200000", datetime(2026, 3, 5, 14)),
        ("2026-03-05T20:00:00Z", datetime(2026, 3, 5, 15)),  # a clock that runs fast
        (None, datetime(2026, 3, 5, 15)),
    ],
)
def test_moments_are_read_as_clients_write_them(source: Source, said: Any, ts: datetime) -> None:
    assert [row["ts"] for row in rows(made(source, track(timestamp=said)))] == [ts]


@pytest.mark.parametrize(
    "said", ["2027-03-05T14:00:00Z", "10000-01-01T00:00:00Z", "soon", 32503680000000, "1970-01-01"]
)
def test_moments_that_cannot_be_are_refused(source: Source, said: Any) -> None:
    found = made(source, track(timestamp=said), track(messageId="m2"))
    assert (codes(found), found.table.num_rows) == (["bad_time"], 1)


@pytest.mark.parametrize(
    "junk",
    [
        "null",
        " Undefined ",
        "anonymous",
        "guest",
        "0",
        "[object Object]",
        True,
        "00000000-0000-0000-0000-000000000000",
    ],
)
@pytest.mark.parametrize("name", ["userId", "anonymousId", "groupId"])
def test_placeholders_are_no_ids(source: Source, name: str, junk: Any) -> None:
    found = made(source, track(**{name: junk}), track(messageId="m2"))
    assert (codes(found), found.table.num_rows) == (["junk_id"], 1)


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_id_is_none_and_costs_nothing(source: Source, empty: str) -> None:
    """Some clients write every id, those they do not have as empty text."""
    around = {"userId": empty, "anonymousId": "a1", "groupId": "", "context": {"groupId": "acme"}}
    found = made(source, track(**around), track(userId=empty, messageId="m2"), {"type": "group", "userId": "u"})
    assert codes(found) == ["no_id", "no_group"]
    [row] = rows(found)
    assert Place.objects.get(pk=row["place"]).key == "acme"
    assert Actor.objects.get(pk=row["actor"]).key == "a:a1"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"userId": "undefined"}, "The user id is “undefined”: a bug in a client says so, no person is called that."),
        (
            {"context": {"groupId": 0}},
            "The group id is “0”: a bug in a client says so, no customer is called that.",
        ),
        ({"timestamp": "31/02/2026\n10:00"}, "The time “31/02/2026 10:00” is no moment."),
        ({"timestamp": "1999-12-31"}, "The time “1999-12-31” lies before the year 2000."),
        (
            {"timestamp": "2027-03-05T15:00:00Z"},
            "The time “2027-03-05T15:00:00Z” lies 365 days after the event arrived.",
        ),
        ({"type": "trick" * 20}, "The type “" + ("trick" * 20)[:59] + "…” is none of track, identify, group, page, "
                                 "screen and alias."),
        ({"type": None}, "It says no type: one of track, identify, group, page, screen and alias."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_value(source: Source, said: Any, sentence: str) -> None:
    assert [refusal.sentence for _, refusal in made(source, track(**said)).rejected] == [sentence]


@pytest.mark.parametrize(
    ("element", "sentence"),
    [
        (b'{"a":1,"a":2}', "The key “a” stands twice in one object."),
        (b'{"a":-Infinity}', "-Infinity is no number that JSON knows."),
        (b'{"a":NaN}', "NaN is no number that JSON knows."),
        (b'{"a":9007199254740993}', "The number “9007199254740993” is larger than any system can keep exactly (2^53)."),
        (b'{"a":1e999}', "The number “1e999” is larger than any system can keep exactly (2^53)."),
        (b'{"a":"\xe9"}', "Byte 7 of this event is no UTF-8."),
        (b'{"a":"' + b"x" * 33 * 1024 + b'"}', "An event has at most 32 KB; this one has 33.0."),
    ],
)
def test_what_cannot_be_read_is_named(source: Source, element: bytes, sentence: str) -> None:
    found = rows_of([arrived(source, b'{"batch":[' + element + b"]}")], now=NOW)
    assert [refusal.sentence for _, refusal in found.rejected] == [sentence]


_DEEP: Any = 1
for _ in range(9):
    _DEEP = {"a": _DEEP}


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("too_deep", json.dumps(track(properties=_DEEP)).encode()),
        ("bad_number", b'{"type":"track","event":"x","userId":"u","properties":{"a":1e400}}'),
        ("bad_number", b'{"type":"track","event":"x","userId":"u","properties":{"a":9007199254740993}}'),
        ("duplicate_key", b'{"type":"track","event":"x","userId":"u","userId":"v"}'),
        ("duplicate_key", b'{"type":"track","event":"x","userId":"u","properties":{"a":1,"a":1}}'),
        ("bad_text", b'{"type":"track","event":"x","userId":"u","properties":{"a":"\\ud800"}}'),
        ("bad_text", b'{"type":"track","event":"x","userId":"u","properties":{"a":"\\u0000"}}'),
        ("too_large", json.dumps(track(properties={"a": "x" * 33_000})).encode()),
        ("not_an_object", b"[1]"),
        ("bad_type", b'{"type":"trick","userId":"u"}'),
        ("bad_type", b'{"userId":"u"}'),
        ("no_name", b'{"type":"track","userId":"u"}'),
        ("no_id", b'{"type":"track","event":"x"}'),
        ("no_id", b'{"type":"alias","userId":"u"}'),
        ("no_group", b'{"type":"group","userId":"u"}'),
        ("bad_id", b'{"type":"track","event":"x","userId":{"a":1}}'),
    ],
)
def test_one_bad_element_costs_only_itself(source: Source, code: str, body: bytes) -> None:
    good = [json.dumps(track(messageId=f"m{n}")).encode() for n in range(2)]
    found = rows_of([arrived(source, b'{"batch":[' + b",".join([good[0], body, good[1]]) + b"]}")], now=NOW)
    assert codes(found) == [code]
    assert found.rejected[0][1].body[:20] == body[:20]
    assert found.table.num_rows == 2


def test_deep_but_not_too_deep_and_odd_but_not_bad_elements_are_taken(source: Source) -> None:
    eight: Any = 1
    for _ in range(7):
        eight = {"a": eight}
    said = track(
        properties={
            "x": eight["a"],
            "text": 'a "quoted" \\ {[{[{[{[ 1234567890123456789',
            "whole": 2**53,
            "é": "\u00e9\n",
        }
    )
    found = made(source, said)
    assert codes(found) == []
    assert json.loads(rows(found)[0]["props"]) == said["properties"]


def test_single_calls_take_their_type_from_the_path(source: Source) -> None:
    found = rows_of([arrived(source, {"event": "Opened", "userId": "u1"}, call="track")], now=NOW)
    assert [row["what"] for row in rows(found)] == [0]


def test_pages_without_a_name_are_called_page(source: Source) -> None:
    made(source, {"type": "page", "userId": "u"}, {"type": "screen", "userId": "u", "name": "Home"})
    assert set(EventName.objects.values_list("kind", "name")) == {("page", "page"), ("screen", "Home")}


def test_the_context_of_the_batch_is_that_of_each_element(source: Source) -> None:
    own = track(messageId="m2", context={"groupId": "other"})
    first, second = rows(made(source, track(), own, context={"groupId": "acme"}))
    keys = dict(Place.objects.values_list("pk", "key"))
    assert (keys[first["place"]], keys[second["place"]]) == ("acme", "other")


def test_keys_are_those_of_the_message_or_of_the_content(source: Source) -> None:
    moment = {"timestamp": "2026-03-05T14:30:00Z"}
    unnamed = {name: value for name, value in track(**moment).items() if name != "messageId"}
    found = rows(
        made(source, track(), track(event="Other"), unnamed, dict(reversed(unnamed.items())), {**unnamed, "event": "X"})
    )
    keys = [(row["k1"], row["k2"]) for row in found]
    assert keys[0] == keys[1] and keys[2] == keys[3] and len(set(keys)) == 3


def test_late_events_say_when_they_became_known(source: Source) -> None:
    moments = [NOW - timedelta(days=days) for days in (0, 1, 2)]
    found = rows(made(source, *[track(messageId=str(at), timestamp=at.isoformat()) for at in moments]))
    assert [row["known_on"] for row in found] == [0, 0, 20_517]


def test_names_beyond_the_limit_are_counted_together(source: Source, settings: Any) -> None:
    from firstwin.usage.models import LakeSetting

    LakeSetting.objects.create(most_names=3)
    found = made(source, *[track(event=f"Name {n}", messageId=str(n)) for n in range(10)])
    assert EventName.objects.count() == 4
    other = EventName.objects.get(name="(other)").pk
    assert [row["feature"] for row in rows(found)].count(other) == 7
    assert set(codes(found)) == {"too_many_names"}
