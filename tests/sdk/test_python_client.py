"""segment-analytics-python, unmodified: only its host is ours."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from segment.analytics.client import Client

from tests.sdk.installation import Installation, proxied

pytestmark = pytest.mark.once

CALLS: dict[str, Callable[[Client], Any]] = {
    "identify": lambda client: client.identify("u1", {"email": "ada@acme.example", "name": "Ada"}),
    "group": lambda client: client.group("u1", "acme", {"name": "Acme", "plan": "Enterprise"}),
    "track": lambda client: client.track("u1", "Report Exported", {"rows": 3}, context={"groupId": "acme"}),
    "page": lambda client: client.page("u1", "Docs", "API", {"url": "https://acme.example/docs"}),
    "screen": lambda client: client.screen("u1", "Mobile", "Home"),
    "alias": lambda client: client.alias("anonymous-7", "u1"),
}


def client_of(url: str, key: str, **options: Any) -> tuple[Client, list[Exception]]:
    problems: list[Exception] = []
    client = Client(
        key, host=url, on_error=lambda problem, batch: problems.append(problem), upload_interval=0.05, **options
    )
    return client, problems


@pytest.mark.parametrize("gzip", [False, True])
def test_every_call_lands(gzip: bool, installation: Installation) -> None:
    client, problems = client_of(installation.url, installation.key, gzip=gzip)
    sent = [call(client)[1] for call in CALLS.values()]
    client.shutdown()
    assert problems == []
    received = installation.received()
    assert [event["type"] for event in received] == list(CALLS)
    assert [event["messageId"] for event in received] == [message["messageId"] for message in sent]
    assert received[2]["context"]["groupId"] == "acme"
    assert received[5]["previousId"] == "anonymous-7"


def test_its_synchronous_mode_lands(installation: Installation) -> None:
    client, _ = client_of(installation.url, installation.key, sync_mode=True)
    client.track("u1", "Opened", {}, timestamp=datetime(2026, 3, 2, tzinfo=UTC))
    assert [event["event"] for event in installation.received()] == ["Opened"]


@pytest.mark.parametrize("fault", ["refuse", "mislay"])
def test_a_server_that_says_503_and_then_200_loses_nothing(fault: str, installation: Installation) -> None:
    """What is sent twice carries the same ids, so that it never counts twice."""
    with proxied(installation.url) as (url, proxy):
        setattr(proxy, fault, 2)
        client, problems = client_of(url, installation.key, upload_size=10)
        sent = {client.track(f"u{n}", "Opened")[1]["messageId"] for n in range(30)}
        client.shutdown()
    assert problems == []
    count = installation.count()
    assert set(count) == sent
    assert len(sent) == 30
    assert (max(count.values()) > 1) == (fault == "mislay")


def test_a_revoked_or_mistyped_key_is_heard_of(installation: Installation) -> None:
    client, problems = client_of(installation.url, "mistyped")
    client.track("u1", "Opened")
    client.shutdown()
    assert "unknown_write_key" in str(problems[0])
    assert installation.received() == []


def test_a_value_that_json_does_not_know_does_not_take_its_batch_along(installation: Installation) -> None:
    """The client writes NaN as Python does."""
    client, problems = client_of(installation.url, installation.key)
    client.track("u1", "Measured", {"share": float("nan")})
    client.track("u1", "Opened")
    client.shutdown()
    assert problems == []
    assert [event["event"] for event in installation.received()] == ["Measured", "Opened"]
