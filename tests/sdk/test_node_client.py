"""@segment/analytics-node, unmodified: only its host is ours."""

import json
import subprocess
from typing import Any

import pytest

from tests.sdk.installation import Installation, proxied
from tests.sdk.npm import HERE, official_clients

pytestmark = pytest.mark.once

CALLS = ["identify", "group", "track", "page", "screen", "alias"]


@pytest.fixture(scope="module", autouse=True)
def _clients() -> None:
    official_clients()


def send(url: str, key: str, events: int = 0) -> dict[str, Any]:
    done = subprocess.run(
        ["node", "send_node.mjs", url, key, str(events)],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def test_every_call_lands(installation: Installation) -> None:
    said = send(installation.url, installation.key)
    assert said["problems"] == []
    received = installation.received()
    assert [event["type"] for event in received] == CALLS
    assert sorted(event["messageId"] for event in received) == sorted(said["sent"])


@pytest.mark.parametrize("fault", ["refuse", "mislay"])
def test_a_server_that_says_503_and_then_200_loses_nothing(fault: str, installation: Installation) -> None:
    with proxied(installation.url) as (url, proxy):
        setattr(proxy, fault, 2)
        said = send(url, installation.key, events=34)
    assert said["problems"] == []
    count = installation.count()
    assert set(count) == set(said["sent"])
    assert len(count) == 40
    assert (max(count.values()) > 1) == (fault == "mislay")
