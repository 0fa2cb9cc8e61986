"""A real installation that takes in events, and a proxy before it that has bad days."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.fixtures import run_firstwin
from tests.serving import _free_port
from tests.template import copy_migrated

MAKE_KEY = """
from firstwin.core import clock
from firstwin.usage.actions.sources import make_key, open_source
source = open_source(by=None, name="Web app", kind="web", now=clock.now())
print("KEY" + make_key(by=None, source=source, label="", now=clock.now()).token)
"""


@dataclass(frozen=True)
class Installation:
    """A running server. Its inbox fills: nothing takes events up while it runs."""

    url: str
    home: Path
    key: str

    def received(self) -> list[dict[str, Any]]:
        """Every event that waits, in order of arrival, with what its batch says of all of them."""
        with closing(sqlite3.connect(self.home / "events.sqlite3")) as database:
            rows = database.execute("SELECT call, body FROM lake_inbox ORDER BY id").fetchall()
        return [event for call, body in rows for event in _events(call, json.loads(body))]

    def count(self) -> Counter[str]:
        """How often each message id stands in the inbox."""
        return Counter(event["messageId"] for event in self.received())

    def forget(self) -> None:
        """Empty the inbox, between two tests."""
        with closing(sqlite3.connect(self.home / "events.sqlite3", timeout=20)) as database:
            database.execute("DELETE FROM lake_inbox")
            database.commit()


def _events(call: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if call:
        yield {"type": call, **body}
        return
    yield from body["batch"]


@contextmanager
def installed(home: Path) -> Iterator[Installation]:
    """Serve an empty installation in `home`, without a worker."""
    copy_migrated(home)
    made = run_firstwin(home, "shell", "--no-imports", "-c", MAKE_KEY)
    assert "KEY" in made.stdout, made.stderr
    port = _free_port()
    environ = {k: v for k, v in os.environ.items() if k not in {"FIRSTWIN_DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    command = [sys.executable, "-m", "firstwin.cli", "serve", "--no-worker", "--port", str(port)]
    process = subprocess.Popen(command, env={**environ, "FIRSTWIN_HOME": str(home)}, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url, process)
        yield Installation(url, home, made.stdout.split("KEY", 1)[1].strip())
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(450):
        assert process.poll() is None, "the server stopped"
        try:
            urllib.request.urlopen(f"{url}/v1/batch", timeout=2).close()
        except urllib.error.HTTPError as answer:
            with answer:
                if answer.code == 405:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not answer")


class Proxy:
    """Hands requests on, but for those it is told to fail.

    refuse: so many requests are answered 503 and never handed on. mislay: so many are handed on, and answered 503
    although they were taken: the sender must send them again, and does so with the same ids.
    """

    def __init__(self, url: str) -> None:
        self.url, self.refuse, self.mislay, self.passed = url, 0, 0, 0
        self.lock = threading.Lock()

    def decide(self) -> str:
        with self.lock:
            if self.refuse:
                self.refuse -= 1
                return "refuse"
            if self.mislay:
                self.mislay -= 1
                return "mislay"
            self.passed += 1
            return "pass"


@contextmanager
def proxied(url: str) -> Iterator[tuple[str, Proxy]]:
    """The address of a proxy before `url`, and the proxy."""
    proxy = Proxy(url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            deed = proxy.decide()
            status, answer = (503, b"{}") if deed == "refuse" else self._handed_on(body)
            if deed == "mislay":
                assert status == 200
                status, answer = 503, b"{}"
            self._say(status, answer)

        def do_OPTIONS(self) -> None:
            self._say(204, b"")

        def log_message(self, *args: Any) -> None: ...

        def _handed_on(self, body: bytes) -> tuple[int, bytes]:
            passed = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            request = urllib.request.Request(proxy.url + self.path, data=body, headers=passed)
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "authorization, content-type, x-retry-count")
            if status == 503:
                self.send_header("Retry-After", "1")
                self.send_header("Access-Control-Expose-Headers", "Retry-After")
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
