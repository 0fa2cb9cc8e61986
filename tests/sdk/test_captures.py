"""What the official clients put on the wire, and the examples of the public specification, sent again as they stand."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from firstwin.usage.models import WriteKey
from firstwin.usage.store.models import Inbox
from firstwin.usage.tests.sending import Sender, arrived, sender

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(db: None) -> Sender:
    """The captures carry a key of their own."""
    made = sender()
    WriteKey.objects.filter(token=made.key).update(token="WRITE_KEY_DUMMY")
    return made


@pytest.mark.parametrize("name", ["segment_python", "segment_node"])
def test_what_official_clients_sent_is_taken(name: str, program: Sender, real_files: Path) -> None:
    requests = json.loads((real_files / "sdk_payloads" / f"{name}.json").read_text())["requests"]
    assert requests
    for request in requests:
        body = json.dumps(request["body"]).encode()
        headers = {key: value for key, value in request["headers"].items() if key.lower() not in {"content-length"}}
        answer = Client().post(
            request["path"],
            gzip.compress(body) if request["gzip"] else body,
            content_type="application/json",
            headers={key: value for key, value in headers.items() if key.lower() != "content-type"},
        )
        assert answer.status_code == 200, answer.content
    kept = [json.loads(body)["batch"] for _, body, _ in arrived()]
    assert kept == [request["body"]["batch"] for request in requests]
    assert set(Inbox.objects.values_list("source", flat=True)) == {program.source.pk}


def test_the_examples_of_the_specification_are_taken(program: Sender, real_files: Path) -> None:
    examples = list(_examples(real_files))
    assert len(examples) == 20
    for call, example in examples:
        answer = program.post(f"/v1/{call}", example, key="WRITE_KEY_DUMMY")
        assert answer.status_code == 200, (example, answer.content)
    assert [(call, json.loads(body)) for call, body, _ in arrived()] == [
        ("" if call == "batch" else call, example) for call, example in examples
    ]


def _examples(real_files: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    told = json.loads((real_files / "segment" / "segment_spec_examples.json").read_text())["examples"]
    for example in (one for some in told.values() for one in some):
        yield _call_of(example), example


def _call_of(example: dict[str, Any]) -> str:
    """Examples of the HTTP API leave the type to the path: told by what only that call has."""
    if "batch" in example:
        return "batch"
    if "type" in example:
        return str(example["type"])
    signs = {"event": "track", "groupId": "group", "previousId": "alias", "traits": "identify", "name": "page"}
    return next(call for sign, call in signs.items() if sign in example)
