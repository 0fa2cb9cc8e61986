"""What is sent twice counts once: from the official client, through a server that stumbles, into the lake."""

import json
import sqlite3
import urllib.request
from contextlib import closing

import pytest

from tests.fixtures import run_firstwin
from tests.sdk.installation import Installation, proxied
from tests.sdk.test_python_client import client_of

pytestmark = pytest.mark.once


def test_twice_sent_batches_change_nothing(installation: Installation) -> None:
    with proxied(installation.url) as (url, proxy):
        proxy.mislay = 2
        client, problems = client_of(url, installation.key, upload_size=10)
        for n in range(30):
            client.track(f"u{n}", "Opened", context={"groupId": "acme"})
        client.shutdown()
    assert problems == []
    events = installation.received()
    assert len(events) > 30
    assert take_up(installation) == (30, len(events) - 30)
    send_again(installation, events)
    assert take_up(installation) == (30, 2 * len(events) - 30)


def take_up(installation: Installation) -> tuple[int, int]:
    """(events stored, repetitions dropped), of all that this installation ever took up."""
    done = run_firstwin(installation.home, "lake", "compact")
    assert done.returncode == 0, done.stderr
    assert installation.received() == []
    with closing(sqlite3.connect(installation.home / "events.sqlite3")) as database:
        events, repeated = database.execute("SELECT sum(events), sum(repeated) FROM lake_sourcehour").fetchone()
    return int(events), int(repeated)


def send_again(installation: Installation, events: list[dict[str, object]]) -> None:
    body = json.dumps({"batch": events, "writeKey": installation.key}).encode()
    with urllib.request.urlopen(f"{installation.url}/v1/b", data=body, timeout=10) as answer:
        assert answer.status == 200
