"""A real installation, served as its users serve it, and a browser to look at it with. For tests and screenshots."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.fixtures import run_firstwin
from tests.template import ROOT, copy_migrated, made_once

PASSWORD = "a long enough phrase"

SET_UP = f"""
import json
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from tests.routes import routes
from tests.world import build_world

world = build_world()
keys = {{}}
for name, user in world.staff.items():
    user.set_password({PASSWORD!r})
    user.save()
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    keys[name] = session.session_key
addresses = {{route.name: world.samples.address(route) for route in routes()}}
emails = {{name: user.email for name, user in world.staff.items()}}
print("JSON" + json.dumps({{"sessions": keys, "addresses": addresses, "emails": emails}}))
"""


@dataclass(frozen=True)
class Served:
    """A running installation. sessions: staff name → session key. addresses: route name → a sample address."""

    url: str
    home: Path
    sessions: dict[str, str]
    addresses: dict[str, str]
    emails: dict[str, str]


CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def serving(home: Path, *, accounts: int) -> Iterator[Served]:
    """Serve a demo company of so many accounts and the people of `tests.world`, in a new `home`."""
    shutil.copytree(made_once(f"company_{accounts}", partial(_furnish, accounts)), home)
    said = json.loads((home / "said.json").read_text())
    port = _free_port()
    environ = {k: v for k, v in os.environ.items() if k not in {"FIRSTWIN_DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "firstwin.cli", "serve"],
        env={**environ, "FIRSTWIN_HOME": str(home), "FIRSTWIN_PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    try:
        url = f"http://localhost:{port}"
        _wait_for(f"{url}/sign-in/", process)
        yield Served(url, home, said["sessions"], said["addresses"], said["emails"])
    finally:
        process.terminate()
        process.wait(timeout=30)


def _furnish(accounts: int, home: Path) -> None:
    copy_migrated(home)
    demo = run_firstwin(home, "demo", "--accounts", str(accounts))
    assert demo.returncode == 0, demo.stderr
    made = run_firstwin(home, "shell", "--no-imports", "-c", SET_UP, PYTHONPATH=str(ROOT))
    assert "JSON" in made.stdout, made.stderr
    (home / "said.json").write_text(made.stdout.split("JSON", 1)[1])


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's own Chromium. Raises FileNotFoundError where there is none."""
    program = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    if program is None:
        raise FileNotFoundError("Chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


class Visitor:
    """Opens pages as one of the staff."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self._browser, self._served = browser, served
        self._contexts: list[BrowserContext] = []

    def open(self, who: str | None = "owner", *, width: int = 1280, height: int = 800, dark: bool = False) -> Page:
        """A page of a fresh browser, signed in as `who` (None: not signed in)."""
        context = self._browser.new_context(
            base_url=self._served.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        if who is not None:
            session = self._served.sessions[who]
            context.add_cookies([{"name": "firstwin-session", "value": session, "url": self._served.url}])
        context.set_default_timeout(10_000)
        self._contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None, "the server stopped"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer")
