"""Installations with a very large company in them: SQLite kept between runs, PostgreSQL thrown away."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import postgres

ROOT = Path(__file__).parent.parent
ACCOUNTS = int(os.environ.get("FIRSTWIN_BENCH_ACCOUNTS", "100000"))


@dataclass(frozen=True)
class Home:
    """An installation: what to set in the environment to be in it. loading: what `firstwin demo --json` said."""

    vendor: str
    environment: dict[str, str]
    loading: dict[str, Any]

    def run(self, *words: str) -> str:
        """Run `python -m …` inside it and return what it printed; it fails loudly."""
        return run(self.environment, *words)


def folder() -> Path:
    return Path(os.environ.get("FIRSTWIN_BENCH_HOME") or ROOT / "var" / "bench").resolve()


@contextmanager
def sqlite() -> Iterator[Home]:
    """The kept home, loaded the first time it is asked for."""
    place = folder() / f"sqlite-{ACCOUNTS}"
    place.mkdir(parents=True, exist_ok=True)
    environment = {"FIRSTWIN_HOME": str(place), "FIRSTWIN_DATABASE_URL": ""}
    report = place / "loading.json"
    if not report.exists():
        report.write_text(json.dumps(_load(environment, "SQLite")))
    _freshen(environment)
    yield Home("SQLite", environment, json.loads(report.read_text()))


@contextmanager
def standing(place: str) -> Iterator[Home]:
    """An installation on SQLite that somebody else loaded; read, and migrated where the code is ahead of it."""
    environment = {"FIRSTWIN_HOME": str(Path(place).resolve()), "FIRSTWIN_DATABASE_URL": ""}
    report = Path(place) / "loading.json"
    _freshen(environment)
    yield Home("SQLite", environment, json.loads(report.read_text()) if report.exists() else {})


@contextmanager
def postgresql() -> Iterator[Home]:
    """A private cluster, loaded now and gone at the end."""
    place = folder() / "postgresql"
    place.mkdir(parents=True, exist_ok=True)
    with postgres.cluster(is_durable=True) as url:
        environment = {"FIRSTWIN_HOME": str(place), "FIRSTWIN_DATABASE_URL": url}
        loading = _load(environment, "PostgreSQL")
        _freshen(environment)
        yield Home("PostgreSQL", environment, loading)


def run(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed with {done.returncode}")
    return done.stdout


def _load(environment: dict[str, str], vendor: str) -> dict[str, Any]:
    print(f"Loading {ACCOUNTS:,} accounts on {vendor} …", file=sys.stderr)
    run(environment, "firstwin.cli", "migrate", "-v0")
    began = time.monotonic()
    said: dict[str, Any] = json.loads(run(environment, "firstwin.cli", "demo", "--accounts", str(ACCOUNTS), "--json"))
    return {**said, "seconds_with_start": round(time.monotonic() - began, 1)}


def _freshen(environment: dict[str, str]) -> None:
    """Migrations and static files of the code as it is now."""
    run(environment, "firstwin.cli", "migrate", "-v0")
    run(environment, "firstwin.cli", "collectstatic", "--noinput", "-v0")
