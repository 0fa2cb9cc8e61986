"""How programs send events: every way a client may say who it is, and every way it may wrap what it says."""

import base64
import gzip
import json
import zlib
from urllib.parse import quote

import pytest
from django.test import Client

from firstwin.usage.ingest.limits import CALLS
from firstwin.usage.store.models import Inbox
from firstwin.usage.tests.sending import Sender, arrived, basic, sender

pytestmark = pytest.mark.django_db

EVENT = {"type": "track", "event": "Report Exported", "userId": "u1", "messageId": "m1"}
BATCH = {"batch": [EVENT, {**EVENT, "messageId": "m2"}], "sentAt": "2026-03-02T10:00:00Z"}


@pytest.fixture
def program(db: None) -> Sender:
    return sender()


@pytest.mark.parametrize("call", CALLS)
def test_every_call_is_kept_as_it_was_sent(call, program) -> None:
    body = BATCH if CALLS[call] == "" else EVENT
    answer = program.post(f"/v1/{call}", body)
    assert (answer.status_code, json.loads(answer.content)) == (200, {"success": True})
    assert arrived() == [(CALLS[call], json.dumps(body).encode(), 2 if body is BATCH else 1)]
    row = Inbox.objects.get()
    assert (row.source, row.form, row.size, row.run, row.tries) == (program.source.pk, "segment", len(row.body), 0, 0)


def test_a_slash_at_the_end_does_no_harm(program) -> None:
    assert program.post("/v1/batch/", BATCH).status_code == 200


@pytest.mark.parametrize("way", ["basic", "basic without colon", "bearer", "body", "body of a batch", "both"])
def test_the_key_may_stand_where_clients_put_it(way, program) -> None:
    key = program.key
    bare = base64.b64encode(key.encode()).decode()
    headers = {
        "basic": {"Authorization": basic(key)},
        "basic without colon": {"Authorization": f"basic {bare}"},
        "bearer": {"Authorization": f"Bearer {key}"},
        "both": {"Authorization": basic("somebody-else")},  # a proxy asks for a name of its own
    }.get(way, {})
    in_body = {"writeKey": key} if way in {"body", "body of a batch", "both"} else {}
    is_batch = way == "body of a batch"
    answer = program.post("/v1/b" if is_batch else "/v1/t", {**(BATCH if is_batch else EVENT), **in_body}, key=None,
                          **headers)  # fmt: skip
    assert answer.status_code == 200, answer.content
    assert Inbox.objects.get().source == program.source.pk


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic ???"},
        {"Authorization": "Basic"},
        {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe:").decode()},
        {"Authorization": "Bearer nobody"},
        {"Authorization": "Digest x"},
    ],
)
def test_without_a_known_key_nothing_is_kept_and_the_sender_hears_of_it(headers, program) -> None:
    answer = program.post("/v1/track", {**EVENT, "writeKey": ["not", "a", "key"]}, key=None, **headers)
    assert answer.status_code == 401
    assert json.loads(answer.content)["code"] == "unknown_write_key"
    assert "WWW-Authenticate" not in answer
    assert arrived() == []


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
@pytest.mark.parametrize("packed", [True, False])
def test_json_is_json_whatever_the_headers_say(content_type, packed, program) -> None:
    answer = program.post("/v1/batch", BATCH, content_type=content_type, packed=packed)
    assert answer.status_code == 200, answer.content
    assert arrived() == [("", json.dumps(BATCH).encode(), 2)]


def test_a_body_that_only_claims_to_be_packed_is_taken(program) -> None:
    assert program.post("/v1/batch", BATCH, **{"Content-Encoding": "gzip"}).status_code == 200


def test_gzip_in_several_members_is_one_body(program) -> None:
    text = json.dumps(BATCH).encode()
    assert program.post("/v1/batch", gzip.compress(text[:50]) + gzip.compress(text[50:])).status_code == 200
    assert arrived()[0][1] == text


def test_a_byte_order_mark_is_no_part_of_it(program) -> None:
    assert program.post("/v1/track", b"\xef\xbb\xbf" + json.dumps(EVENT).encode()).status_code == 200
    assert arrived()[0][1] == json.dumps(EVENT).encode()


@pytest.mark.parametrize("wrapped", ["plain", "base64", "url-safe"])
def test_a_form_may_carry_it_in_its_field_data(wrapped, program) -> None:
    text = json.dumps({**EVENT, "writeKey": program.key, "properties": {"q": "a+b & c ÿ~?>"}})
    data = {
        "plain": quote(text),
        "base64": quote(base64.b64encode(text.encode()).decode()),
        "url-safe": base64.urlsafe_b64encode(text.encode()).decode(),
    }[wrapped]
    form = "application/x-www-form-urlencoded"
    answer = program.post("/v1/t", b"verbose=1&data=" + data.encode(), key=None, content_type=form)
    assert answer.status_code == 200, answer.content
    assert arrived() == [("track", text.encode(), 1)]


def test_a_beacon_of_a_page_needs_no_header_at_all(program) -> None:
    body = {**BATCH, "writeKey": program.key}
    answer = program.post(
        "/v1/b", body, key=None, content_type="text/plain;charset=UTF-8", Origin="https://shop.example"
    )
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer


def test_browsers_may_ask_first(program) -> None:
    asked = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-anything",
    }
    answer = Client().options("/v1/t", headers=asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Access-Control-Allow-Headers"] == "authorization,content-type,x-anything"
    assert "POST" in answer["Access-Control-Allow-Methods"]
    asked["Access-Control-Request-Headers"] = "a\x01b; <script>"
    assert "script" not in Client().options("/v1/t", headers=asked)["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete"])
def test_looking_changes_nothing(method, program) -> None:
    answer = getattr(Client(), method)("/v1/batch")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST, OPTIONS"


def test_other_addresses_are_no_business_of_the_door(program) -> None:
    assert program.post("/v1/teleport", EVENT).status_code in {302, 403, 404}
    assert arrived() == []


def test_neither_session_nor_cookie_is_made(program) -> None:
    assert not program.post("/v1/track", EVENT).cookies


def test_an_empty_batch_is_fine_and_leaves_nothing(program) -> None:
    assert program.post("/v1/batch", {"batch": []}).status_code == 200
    assert arrived() == []


def test_a_deflated_body_without_the_mark_of_gzip_is_refused(program) -> None:
    assert program.post("/v1/batch", zlib.compress(json.dumps(BATCH).encode())).status_code == 400
