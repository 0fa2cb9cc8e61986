"""@segment/analytics-next, unmodified, in a page of another site: every call asks the browser's leave first."""

import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.sdk.installation import Installation, proxied
from tests.sdk.npm import HERE, official_clients

pytestmark = [pytest.mark.browser, pytest.mark.once]

BATCHING = {"strategy": "batching", "config": {"size": 5, "timeout": 200}}


class Handler(SimpleHTTPRequestHandler):
    """The page of somebody's product, with the client as its makers build it."""

    built: Path

    def translate_path(self, path: str) -> str:
        name = path.split("?")[0].lstrip("/")
        return str(self.built / name.removeprefix("umd/") if name.startswith("umd/") else HERE / name)

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    handler = type("Site", (Handler,), {"built": official_clients() / "@segment" / "analytics-next" / "dist" / "umd"})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(HERE)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{site}/page.html")
    yield opened
    context.close()


def start(page: Page, url: str, key: str, strategy: dict[str, Any] | None = None) -> None:
    host = url.removeprefix("http://") + "/v1"
    page.evaluate("window.start", {"writeKey": key, "apiHost": host, "deliveryStrategy": strategy})


def wait_for(installation: Installation, ids: list[str]) -> None:
    deadline = time.monotonic() + 30
    while set(installation.count()) != set(ids):
        assert time.monotonic() < deadline, (len(installation.count()), len(ids))
        time.sleep(0.1)


def test_every_call_lands_by_its_own_short_path(page: Page, installation: Installation) -> None:
    start(page, installation.url, installation.key)
    sent = page.evaluate("window.sendAll", 0)
    wait_for(installation, sent)
    received = installation.received()
    assert sorted(event["type"] for event in received) == sorted(
        ["identify", "group", "track", "page", "screen", "alias"]
    )
    assert all(event["writeKey"] == installation.key for event in received)


def test_batches_land(page: Page, installation: Installation) -> None:
    start(page, installation.url, installation.key, BATCHING)
    wait_for(installation, page.evaluate("window.sendAll", 14))


def test_what_is_left_when_the_page_closes_lands(page: Page, installation: Installation) -> None:
    start(page, installation.url, installation.key, {"strategy": "batching", "config": {"size": 50, "timeout": 60_000}})
    sent = page.evaluate("window.sendAll", 3)
    assert installation.received() == []
    page.goto("about:blank")
    wait_for(installation, sent)


@pytest.mark.parametrize("strategy", [None, BATCHING])
@pytest.mark.parametrize("fault", ["refuse", "mislay"])
def test_a_server_that_says_503_and_then_200_loses_nothing(
    fault: str, strategy: dict[str, Any] | None, page: Page, installation: Installation
) -> None:
    with proxied(installation.url) as (url, proxy):
        setattr(proxy, fault, 2)
        start(page, url, installation.key, strategy)
        wait_for(installation, page.evaluate("window.sendAll", 4))
        page.wait_for_timeout(1_500 if fault == "mislay" else 0)
    assert (max(installation.count().values()) > 1) == (fault == "mislay")
