"""A call that is answered with 400 is thrown away by its client: people find it in the debugger, with the reason."""

from types import SimpleNamespace

import pytest
from django.db import DatabaseError

from firstwin.usage.ingest import told
from firstwin.usage.store.models import Inbox, Rejected, SourceHour
from firstwin.usage.tests.sending import Sender, sender

GOOD = b'{"type":"track","event":"Opened","userId":"u1"}'


@pytest.fixture
def program(db: None) -> Sender:
    told._waiting.clear()
    return sender()


def lines() -> list[tuple[str, int]]:
    return [(row.code, row.repeats + 1) for row in Rejected.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("path", "body", "code", "title"),
    [
        ("/v1/track", b'{"event": nothing}', "call_bad_json", "A call that is no JSON"),
        ("/v1/track", b'{"event": "\xff"}', "call_bad_encoding", "A call that is no JSON"),
        ("/v1/batch", b"[]", "call_not_a_batch", "A call that is no JSON"),
        ("/v1/track", GOOD[:-1] + b',"x":"' + b"y" * 33 * 1024 + b'"}', "call_too_large", "A call too large"),
        ("/v1/batch", b'{"batch":[' + b",".join([b"{}"] * 2_501) + b"]}", "call_too_many", "A batch of too many"),
        ("/v1/batch", b'{"batch":[],"batch":[]}', "call_duplicate_key", "Two batches in one call"),
        ("/v1/batch", b"\x1f\x8b and no more", "call_bad_gzip", "A call that cannot be unpacked"),
    ],
)
def test_a_refused_call_stands_in_the_debugger(path, body, code, title, program, operations, client_of) -> None:
    answer = program.post(path, body)
    assert answer.status_code == 400
    [row] = Rejected.objects.all()
    assert (row.source, row.code, row.says) == (program.source.pk, code, answer.json()["message"])
    assert SourceHour.objects.get(source=program.source.pk).rejected == 1
    client = client_of(operations)
    page = client.get("/usage/debugger/").content.decode()
    assert title in page and "Told to its sender" in page
    assert "Replay" not in client.get(f"/usage/debugger/rejected/{row.pk}/").content.decode().split("<main")[1]
    assert client.post("/usage/debugger/replay/", {"pk": row.pk}).status_code == 422
    assert Inbox.objects.count() == 0
    assert "It arrived and was turned down" in client.get(
        f"/usage/sources/{program.source.key}/start/"
    ).content.decode()  # fmt: skip


def test_the_key_in_the_body_says_whose_it_is(program) -> None:
    mine = b'{"writeKey": "%s", "event": nothing}' % program.key.encode()
    assert program.post("/v1/track", mine, key=None).status_code == 400
    assert program.post("/v1/track", b'{"writeKey": "nobody", "event": nothing}', key=None).status_code == 400
    assert program.post("/v1/track", b"{", key="nobody").status_code == 400
    assert lines() == [("call_bad_json", 1)]


def test_many_cost_one_line_a_second_and_are_counted(program, monkeypatch) -> None:
    seconds = [100.0]
    monkeypatch.setattr(told, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    for _ in range(50):
        program.post("/v1/track", b"{")
    assert lines() == [("call_bad_json", 1)]
    seconds[0] += told.EVERY
    program.post("/v1/track", b"{")
    assert lines() == [("call_bad_json", 1), ("call_bad_json", 50)]
    assert SourceHour.objects.get().rejected == 51
    monkeypatch.setattr(told, "MOST", 2)
    seconds[0] += told.EVERY
    program.post("/v1/track", b"{")
    assert lines() == [("call_bad_json", 1), ("call_bad_json", 51)]


def test_a_database_that_cannot_take_it_does_not_change_the_answer(program, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(told, "_tell", full)
    assert program.post("/v1/track", b"{").status_code == 400
