"""Signals of a whole company: a full pass with shares by family, a condition of ten parts, a replay by weeks, and how
long it takes from an event sent over HTTP, beside others, until the account's page shows the new score.

    python -m bench signals [--home HOME] [--accounts N] [--weeks N] [--replayed N] [--only PART …]

Without a home a demo company of so many accounts is made and thrown away. A home that is named is written to.
"""

import argparse
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.homes import ROOT
from bench.homes import run as run_in
from bench.usage_ingest import served

PARTS = ("passes", "condition", "replay", "events")
PATIENCE = 60.0
"""Seconds after which a score that did not change is given up."""
_SHOWN = re.compile(r'<a class="mark-link" href="[^"]*/health/?">.*?</a>', re.DOTALL)


def run(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench signals", description=__doc__)
    parser.add_argument("--home", help="an installation that is there already; its present definitions count")
    parser.add_argument("--accounts", type=int, default=2_000)
    parser.add_argument("--fill", type=int, default=0, help="first put so many events into its lake, which is empty")
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--replayed", type=int, default=5_000)
    parser.add_argument("--rate", type=int, default=500, help="events a second beside the ones that are watched")
    parser.add_argument("--watched", type=int, default=10, help="accounts of which an event is sent and awaited")
    parser.add_argument("--warm", type=int, default=20, help="seconds before the first one, while turns are learned")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="firstwin-bench-") as made:
        environment = {"FIRSTWIN_HOME": str(Path(given.home or made).resolve()), "FIRSTWIN_DATABASE_URL": ""}
        run_in(environment, "firstwin.cli", "migrate", "-v0")
        if given.home is None:
            began = time.monotonic()
            run_in(environment, "firstwin.cli", "demo", "--accounts", str(given.accounts), "--weeks", "0", "--json")
            print(f"{'demo with its first pass':34}{time.monotonic() - began:8.1f} s")
        print(f"SQLite, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
        if given.fill:
            _inside(environment, "fill", str(given.fill))
        _inside(environment, "facts")
        asked: dict[str, Sequence[str]] = {
            "passes": [], "condition": [], "replay": [str(given.weeks), str(given.replayed)]
        }  # fmt: skip
        for part in PARTS:
            if part in given.only and part in asked:
                _inside(environment, part, *asked[part])
        if "events" in given.only:
            _from_events(environment, given.rate, given.watched, given.warm)


def _inside(environment: dict[str, str], *words: str) -> None:
    print(run_in(environment, "bench.signals_probe", *words), end="", flush=True)


def _from_events(environment: dict[str, str], rate: int, watched: int, warm: int) -> None:
    said = run_in(environment, "bench.signals_probe", "furnish", str(watched))
    told = json.loads(said.split("JSON", 1)[1])
    with served(environment, with_worker=True) as url, _beside(url, told, rate):
        time.sleep(warm)  # until what arrives is taken up as fast as it comes
        took = [_awaited(url, told, one) for one in told["watched"]]
    seen = sorted(one for one in took if one is not None)
    if seen:
        print(
            f"{'event to its score on the page':34}{seen[len(seen) // 2]:8.2f} s    longest {seen[-1]:.2f} s of "
            f"{len(seen)}; {len(took) - len(seen)} showed the same after {PATIENCE:.0f} s; {rate} events/s beside"
        )
    else:
        print(f"No page showed another score within {PATIENCE:.0f} s.")


@contextmanager
def _beside(url: str, told: dict[str, Any], rate: int) -> Iterator[None]:
    """Events of other accounts, in batches of ten, as long as this lasts."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as groups:
        groups.write("\n".join(told["others"]))
        groups.flush()
        words = ["--events", "10", "--rate", str(rate / 10), "--seconds", "3600", "--groups", groups.name]
        sender = subprocess.Popen(
            [sys.executable, "-m", "bench.usage_sender", url, told["key"], *words], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        try:
            yield
            if sender.poll() is not None:
                raise SystemExit("what should have sent events beside ended before its time")
        finally:
            sender.terminate()
            sender.wait()


def _awaited(url: str, told: dict[str, Any], one: dict[str, str]) -> float | None:
    """Seconds from before the event is sent until the page shows another score; None where it stays the same."""
    before = _shown(url, told, one)
    began = time.perf_counter()
    _send(url, told["key"], one["group"])
    while time.perf_counter() - began < PATIENCE:
        if _shown(url, told, one) != before:
            return time.perf_counter() - began
        time.sleep(0.3)  # the pages that are asked for meanwhile cost as well
    return None


def _send(url: str, key: str, group: str) -> None:
    event = {
        "type": "track", "event": "Report Exported", "userId": f"user-{uuid.uuid4().hex[:8]}",
        "messageId": uuid.uuid4().hex, "timestamp": datetime.now(UTC).isoformat(), "context": {"groupId": group},
    }  # fmt: skip
    known = base64.b64encode(f"{key}:".encode()).decode()
    request = urllib.request.Request(
        f"{url}/v1/track",
        json.dumps(event).encode(),
        {"Authorization": f"Basic {known}", "Content-Type": "application/json"},
    )
    while True:
        try:
            urllib.request.urlopen(request, timeout=30).close()
        except urllib.error.HTTPError as answer:  # it comes again when asked to, as the official clients do
            answer.close()
            if answer.code != 503:
                raise
            time.sleep(float(answer.headers["Retry-After"]))
        else:
            return


def _shown(url: str, told: dict[str, Any], one: dict[str, str]) -> str:
    """The mark of health in the head of the account's page."""
    request = urllib.request.Request(url + one["page"], headers={"Cookie": f"{told['cookie']}={told['session']}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        found = _SHOWN.search(answer.read().decode())
    if found is None:
        raise SystemExit(f"{one['page']} shows no health")
    return found.group()
