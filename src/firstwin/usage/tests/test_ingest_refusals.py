"""What cannot be taken is refused with a sentence that says where and why; nothing is ever taken and then dropped."""

import gzip
import io
import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from firstwin.usage.compact.reading import read_batch
from firstwin.usage.ingest.gate import Gate
from firstwin.usage.models import LakeSetting
from firstwin.usage.store.models import Inbox
from firstwin.usage.tests.sending import Sender, arrived, sender

pytestmark = pytest.mark.django_db

GOOD = b'{"type":"track","event":"Opened","userId":"u1","messageId":"good"}'


@pytest.fixture
def program(db: None) -> Sender:
    return sender()


def event(size: int) -> dict[str, str]:
    frame = {"type": "track", "event": "e", "userId": "u", "x": ""}
    return {**frame, "x": "x" * (size - len(json.dumps(frame)))}


def batch(*elements: bytes) -> bytes:
    return b'{"batch": [' + b", ".join(elements) + b'], "sentAt": "2026-03-02T10:00:00Z"}'


def test_a_call_holds_32_kb_and_not_a_byte_more(program) -> None:
    assert program.post("/v1/track", event(32 * 1024)).status_code == 200
    answer = program.post("/v1/track", event(32 * 1024 + 1))
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "too_large")
    assert "32 KB" in json.loads(answer.content)["message"]


def test_a_batch_holds_500_kb_and_not_a_byte_more(program) -> None:
    frame = len(json.dumps({"batch": [event(1_000)]})) - 1_000
    whole = 500 * 1024
    assert program.post("/v1/batch", {"batch": [event(whole - frame)]}).status_code == 200
    for packed in (False, True):
        answer = program.post("/v1/batch", {"batch": [event(whole - frame + 1)]}, packed=packed)
        assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "too_large")
    assert len(arrived()) == 1


def test_a_batch_holds_2500_events_and_not_one_more(program) -> None:
    assert program.post("/v1/batch", {"batch": [{}] * 2_500}).status_code == 200
    answer = program.post("/v1/batch", {"batch": [{}] * 2_501})
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "too_many")


def test_a_large_event_does_not_fail_its_batch(program) -> None:
    assert program.post("/v1/batch", {"batch": [event(100_000), event(100)]}).status_code == 200
    assert arrived()[0][2] == 2


def test_a_bomb_is_not_unpacked(program) -> None:
    bomb = gzip.compress(b" " * 300_000_000, 9)
    assert len(bomb) < 500 * 1024
    assert json.loads(program.post("/v1/batch", bomb).content)["code"] == "too_large"
    many = gzip.compress(b" " * 400_000, 9) * 500
    assert json.loads(program.post("/v1/batch", many).content)["code"] == "too_large"


@pytest.mark.parametrize(
    "body",
    [b"\x1f\x8b", b"\x1f\x8bgarbage", gzip.compress(b'{"batch":[]}' * 99, mtime=0)[:-12]],
    ids=["begun", "garbage", "cut short"],
)
def test_broken_gzip_says_so(body, program) -> None:
    answer = program.post("/v1/batch", body)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "bad_gzip")


def test_a_body_that_claims_to_be_huge_is_not_read(program) -> None:
    answer = program.post("/v1/batch", GOOD, **{"Content-Length": "9000000000"})
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "too_large")


@pytest.mark.parametrize(
    ("body", "line", "column", "word"),
    [
        (b'{"batch": [\n  {"a": tru}\n]}', 2, 11, "invalid character"),
        (b'{"batch": [{"a": 01}]}', 1, 19, "number"),
        (b'{"batch": [{"a": 1},]}', 1, 21, "trailing comma"),
        (b'{"batch": [{"a": "\x00"}]}', 1, 19, "invalid character"),
        (b'{"batch": [{"a": "\\x"}]}', 1, 20, "escape"),
        (b'{"batch": []} and more', 1, 15, "trailing"),
        (b'{"batch": [{"a": "half', 1, 23, "too early"),
        ('{"batch": ["é", \'x\']}'.encode(), 1, 17, "invalid character"),
        (b"", 1, 1, "too early"),
        (b"batch=1&x=2", 1, 1, "invalid character"),
        ('{"batch": []}'.encode("utf-16"), 1, 1, "UTF-8"),
        (b'{"batch": [], "x": "\xe4"}', 1, 21, "UTF-8"),
        (b'{"batch": [], "x": NaN}', 1, 20, "invalid character"),
        (b'{"batch": [], "x": "\\ud800"}', 1, 21, "half of a character"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(body, line, column, word, program) -> None:
    answer = program.post("/v1/batch", body)
    told = json.loads(answer.content)
    assert answer.status_code == 400, told
    assert told["line"] == line, told
    assert abs(told["column"] - column) <= 1, told
    assert word in told["message"]
    assert arrived() == []


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"3", b"null", b"{}", b'{"batch": {}}', b'{"batch": "x"}'])
def test_json_of_another_shape_is_no_batch(body, program) -> None:
    answer = program.post("/v1/batch", body)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "not_a_batch"), answer.content


def test_a_batch_that_stands_twice_is_refused(program) -> None:
    """Any parser would take the last one, and the events of the first would be gone without a word."""
    answer = program.post("/v1/batch", b'{"batch": [%s], "batch" : [%s]}' % (GOOD, GOOD))
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "duplicate_key")
    inner = GOOD[:-1] + b', "properties": {"batch": [1], "x": {"batch": [2]}}}'
    assert program.post("/v1/batch", batch(inner, inner)).status_code == 200
    assert [events for _, _, events in arrived()] == [2]


@pytest.mark.parametrize("path", ["/v1/events", "/v1/", "/v1/track/more", "/v1/projects/key/settings"])
def test_a_path_that_is_none_is_no_success(path, program) -> None:
    """Led to the page of signing in, clients would find a page and take that for an answer."""
    answer = program.post(path, GOOD)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (404, "unknown_call")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert Client().options(path).status_code == 404


@pytest.mark.parametrize("body", [b"[]", b'[{"a": 1}]', b"null", b"1"])
def test_a_call_is_an_object(body, program) -> None:
    answer = program.post("/v1/track", body)
    assert answer.status_code == 400
    assert json.loads(answer.content)["code"] in {"not_an_object", "bad_json"}


def nested(depth: int, inner: bytes = b"1") -> bytes:
    return b'{"a":' * depth + inner + b"}" * depth


BAD = {
    "NaN": (b'{"type":"track","event":"e","messageId":"bad","properties":{"x":NaN}}', "bad_number"),
    "Infinity": (b'{"type":"track","event":"e","messageId":"bad","properties":{"x":-Infinity}}', "bad_number"),
    "half a pair": (b'{"type":"track","event":"e","messageId":"bad","x":"\\ud83d"}', "bad_text"),
    "latin-1": ('{"type":"track","event":"e","messageId":"bad","x":"é, [ and }"}'.encode("latin-1"), "bad_encoding"),
    "deep": (b'{"type":"track","event":"e","messageId":"bad","x":' + nested(4_000) + b"}", "too_deep"),
    "deep and large": (nested(40_000, b'"]}, {\\""'), "too_large"),
}


@pytest.mark.parametrize("name", BAD)
def test_one_bad_element_never_fails_its_batch(name, program) -> None:
    """The batch is taken as it is; what reads it turns down that element alone, and says why."""
    bad, code = BAD[name]
    for place in range(3):
        elements = [GOOD, GOOD]
        elements.insert(place, bad)
        assert program.post("/v1/batch", batch(*elements)).status_code == 200
    for row in Inbox.objects.all():
        read = read_batch(row, 0)
        assert (row.events, read.elements) == (3, [json.loads(GOOD)] * 2)
        assert [(refused.code, refused.body) for refused in read.refused] == [(code, bad[: 32 * 1024])]
    assert Inbox.objects.count() == 3


@pytest.mark.parametrize("depth", range(780, 1_000, 20))
def test_at_no_depth_does_an_element_take_its_batch_along(depth, program) -> None:
    assert program.post("/v1/batch", batch(GOOD, nested(depth))).status_code == 200
    read = read_batch(Inbox.objects.get(), 0)
    assert (len(read.elements), len(read.refused)) == (1, 1)


def test_the_key_of_a_batch_with_a_bad_element_is_found(program) -> None:
    body = batch(GOOD, b'{"x": NaN}')[:-1] + b', "writeKey": "%s"}' % program.key.encode()
    assert program.post("/v1/batch", body, key=None).status_code == 200
    assert program.post("/v1/batch", batch(b'{"x": NaN}'), key=None).status_code == 401


def test_bad_elements_do_not_lift_the_limit(program) -> None:
    answer = program.post("/v1/batch", batch(*[b'{"x":NaN}'] * 2_501))
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "too_many")


def test_a_single_call_nested_without_end_is_refused(program) -> None:
    answer = program.post("/v1/track", nested(5_000))
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "too_deep")


@pytest.mark.parametrize("value", [b"1e400", b"9007199254740993", b"123456789012345678901234567890", b'"\\u0000"'])
def test_values_that_json_allows_are_left_to_the_reader(value, program) -> None:
    assert program.post("/v1/batch", batch(b'{"x": ' + value + b"}")).status_code == 200


def test_a_full_inbox_says_when_to_come_again(program) -> None:
    LakeSetting.objects.create(largest_inbox_mb=0)
    answer = program.post("/v1/track", GOOD)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert json.loads(answer.content)["code"] == "overloaded"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert arrived() == []


def test_a_disk_that_is_full_says_when_to_come_again(program, monkeypatch) -> None:
    def full(arrivals: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("firstwin.usage.ingest.accept.store", full)
    answer = program.post("/v1/track", GOOD)
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0


def test_when_all_places_are_taken_the_next_is_asked_to_come_again() -> None:
    came: list[str] = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        came.append(environ["PATH_INFO"])
        if len(came) == 1:  # while the first is inside, another one and a person come
            assert ask("/v1/batch") == ["503 Service Unavailable"]
            assert ask("/accounts/") == []
        return []

    gate = Gate(application, at_once=1)

    def ask(path: str) -> list[str]:
        said: list[str] = []
        body = io.BytesIO(GOOD)
        environ = {"PATH_INFO": path, "CONTENT_LENGTH": str(len(GOOD)), "wsgi.input": body}

        def start(status: str, headers: list[tuple[str, str]]) -> None:
            said.append(status)
            said_headers.update(headers)

        list(gate(environ, start))
        assert body.tell() == (len(GOOD) if said else 0)  # else the connection could not be used again
        return said

    said_headers: dict[str, str] = {}
    ask("/v1/batch")
    assert (said_headers["Retry-After"], said_headers["Access-Control-Allow-Origin"]) == ("2", "*")
    assert ask("/v1/batch") == []  # it gave its place back
    assert came == ["/v1/batch", "/accounts/", "/v1/batch"]


def test_a_body_that_ends_too_early_is_refused(program) -> None:
    class Cut(io.BytesIO):
        def close(self) -> None: ...

    cut: dict[str, Any] = {"wsgi.input": Cut(GOOD[:20]), "CONTENT_LENGTH": str(len(GOOD))}
    answer = Client().generic("POST", "/v1/track", b"", **cut)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "cut_off")
