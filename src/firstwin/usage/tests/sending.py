"""What the tests of the door share: a source with a key, and a client that sends as programs do."""

import base64
import gzip
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from django.test import Client

from firstwin.usage.actions.sources import make_key, open_source
from firstwin.usage.models import Source
from firstwin.usage.store.models import Inbox

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


@dataclass
class Sender:
    source: Source
    key: str

    def post(self, path: str, body: Any, *, key: str | None = "", packed: bool = False, **headers: str) -> HttpResponse:
        """body: sent as it is when it is bytes, else as JSON. key: None sends none, "" this sender's own."""
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        if key is not None:
            headers.setdefault("Authorization", basic(key or self.key))
        content_type = headers.pop("content_type", "application/json")
        answer = Client().post(
            path, gzip.compress(sent) if packed else sent, content_type=content_type, headers=headers
        )
        assert isinstance(answer, HttpResponse)
        return answer


def sender(name: str = "Web app") -> Sender:
    source = open_source(by=None, name=name, kind="web", now=NOW)
    return Sender(source, make_key(by=None, source=source, label="", now=NOW).token)


def basic(key: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


def arrived() -> list[tuple[str, bytes, int]]:
    """(call, body, events) of all that waits, in order."""
    return [(row.call, bytes(row.body), row.events) for row in Inbox.objects.order_by("pk")]
