"""Events a second over HTTP into the inbox, beside the bare cost of parsing the same bytes and committing them."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.postgres import binaries, cluster
from tests.serving import _free_port

from bench.homes import ROOT
from bench.homes import run as run_in

MAKE_KEY = """
from firstwin.core import clock
from firstwin.usage.actions.sources import make_key, open_source
source = open_source(by=None, name="Bench", kind="server", now=clock.now())
print("KEY" + make_key(by=None, source=source, label="", now=clock.now()).token)
"""


def run(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench usage_ingest", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="of the main part (the claim is made with 600)")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    given = parser.parse_args(words)
    if given.postgresql and binaries() is None:
        raise SystemExit("PostgreSQL's server programs were not found")
    with tempfile.TemporaryDirectory(prefix="firstwin-bench-") as made:
        home = Path(made)
        print(
            f"{'PostgreSQL' if given.postgresql else 'SQLite'}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        )
        with _postgresql(home) if given.postgresql else _sqlite(home) as environment:
            run_in(environment, "firstwin.cli", "migrate", "-v0")
            said = run_in(environment, "firstwin.cli", "shell", "--no-imports", "-c", MAKE_KEY)
            key = said.split("KEY", 1)[1].strip()
            with served(environment) as url:
                _measure(url, key, environment, given.seconds)


def _measure(url: str, key: str, environment: dict[str, str], seconds: float) -> None:
    short = min(30.0, seconds)
    _send(url, key, seconds=3)  # warm
    with _emptied(environment) as counted:
        main = _send(url, key, seconds=seconds)
    _say("100-event batches", main)
    _check(main, counted, before=3)
    bare = json.loads(run_in(environment, "bench.usage_bare", "--seconds", str(short / 2)))
    rate = main["events"] / main["seconds"]
    for name, events_per_second in bare.items():
        print(
            f"  bare, {name:34}{events_per_second:10,.0f} events/s   over HTTP: {rate / events_per_second:5.0%} of it"
        )
    with _emptied(environment):
        _say("single events", _send(url, key, seconds=short, events=1))
        capacity = main["requests"] / main["seconds"]
        over = _send(url, key, seconds=short, rate=3 * capacity, connections=96)
    _say("at three times capacity", over)
    good = over["requests"] / over["seconds"] / capacity
    print(f"  goodput {good:.0%} of capacity; answers {dict(over['statuses'])}, {over['late']} found no connection")


def _say(what: str, told: dict[str, Any]) -> None:
    events, requests = told["events"] / told["seconds"], told["requests"] / told["seconds"]
    print(
        f"{what:26}{events:10,.0f} events/s {requests:8,.0f} requests/s"
        f"   p50 {told['p50']:.0f} ms, p99 {told['p99']:.0f} ms, longest {told['longest']:.0f} ms",
        flush=True,
    )


def _check(told: dict[str, Any], counted: list[int], *, before: int) -> None:
    """All that was acknowledged was stored."""
    if sum(counted) < told["events"]:
        raise SystemExit(f"{told['events']:,} events were acknowledged, {sum(counted):,} stored")
    print(f"  {told['events']:,} events acknowledged, all stored; refused: {_refused(told)}")


def _refused(told: dict[str, Any]) -> int:
    return sum(count for status, count in told["statuses"].items() if status != "200")


def _send(url: str, key: str, *, seconds: float, events: int = 100, rate: float = 0, connections: int = 8) -> Any:
    words = ["--seconds", str(seconds), "--events", str(events), "--connections", str(connections)]
    words += ["--rate", str(rate)] if rate else []
    return json.loads(run_in({}, "bench.usage_sender", url, key, *words))


@contextmanager
def _emptied(environment: dict[str, str]) -> Iterator[list[int]]:
    """What arrives is taken out every few seconds and counted, as nothing else takes it up here."""
    other = subprocess.Popen(
        [sys.executable, "-m", "bench.usage_emptier"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None and other.stdin is not None
    other.stdout.readline()  # ready
    counted: list[int] = []
    yield counted
    other.stdin.close()
    counted.append(int(other.stdout.read()))
    other.wait()


@contextmanager
def served(environment: dict[str, str], *, with_worker: bool = False) -> Iterator[str]:
    port = _free_port()
    words = ["serve", "--port", str(port)] if with_worker else ["serve", "--no-worker", "--port", str(port)]
    command = [sys.executable, "-m", "firstwin.cli", *words]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/v1/batch", timeout=2).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


@contextmanager
def _sqlite(home: Path) -> Iterator[dict[str, str]]:
    yield {"FIRSTWIN_HOME": str(home), "FIRSTWIN_DATABASE_URL": ""}


@contextmanager
def _postgresql(home: Path) -> Iterator[dict[str, str]]:
    with cluster(is_durable=True) as url:
        yield {"FIRSTWIN_HOME": str(home), "FIRSTWIN_DATABASE_URL": url}
