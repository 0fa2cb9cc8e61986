"""Contracts at scale: 200,000 lines into a company of 100,000 accounts while people work, then ARR on any date."""

import argparse
import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from tests.postgres import binaries

from bench import homes
from bench.homes import ACCOUNTS, Home, postgresql, sqlite

MAPPING = """\
source: bench
files:
  - name: lines
    kind: lines
    path: lines.csv
    key: id
    fields:
      account: {column: account, of: crm}
      product: {column: product, by: name}
      quantity: seats
      mrr: mrr
      currency: currency
      starts_on: start
      ends_on: end
"""
FIRST = 100_000
"""The number in the first account's external id."""


def run(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench commerce", description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="one of the two only")
    given = parser.parse_args(words)
    wanted = [given.database] if given.database else ["sqlite", *(["postgresql"] if binaries() else [])]
    with tempfile.TemporaryDirectory(prefix="firstwin-bench-") as made:
        folder = Path(made)
        _write(folder, given.lines)
        print(f"{given.lines:,} lines, {ACCOUNTS:,} accounts, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        for name in wanted:
            with _copied(folder) if name == "sqlite" else postgresql() as home:
                _measure(home, folder, given.lines)


@contextmanager
def _copied(folder: Path) -> Iterator[Home]:
    """The kept home stays as it is: the lines go into a copy."""
    with sqlite() as kept:
        place = folder / "home"
        shutil.copytree(kept.environment["FIRSTWIN_HOME"], place)
        os.sync()  # else the first checkpoint waits until all of the copy is on the disk
        yield Home(kept.vendor, {**kept.environment, "FIRSTWIN_HOME": str(place)}, kept.loading)


def _measure(home: Home, folder: Path, lines: int) -> None:
    words = ("firstwin.cli", "import", str(folder / "mapping.yaml"), "--json")
    for label in ("new", "the same again"):
        with _people(home) as waits:
            began = time.monotonic()
            said = json.loads(home.run(*words))
            seconds = time.monotonic() - began
        rate, longest = said["rows_per_second"], said["longest_transaction_ms"]
        print(
            f"{home.vendor:12}{label:16}{seconds:8.1f} s{lines / seconds:10,.0f} rows/s with the start of the process"
            f"{rate:10,} rows/s of the import, longest transaction {longest} ms"
        )
        print(f"{'':12}meanwhile: {waits()}")
    days = [date.today() - timedelta(days=n) for n in (0, 91, 402, 800)]  # noqa: DTZ011
    asked = json.loads(home.run("bench.revenue", *(day.isoformat() for day in days)))
    for one in asked:
        print(f"{home.vendor:12}ARR on {one['on']}: {one['arr']:>18,.2f} {one['currency']}  {one['ms']:.0f} ms")


@contextmanager
def _people(home: Home) -> Iterator[Any]:
    """Somebody who reads and somebody who writes all the time, and what they had to wait for the database."""
    other = subprocess.Popen(
        [sys.executable, "-m", "bench.bystander"],
        cwd=homes.ROOT,
        env={**os.environ, **home.environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None and other.stdin is not None
    other.stdout.readline()  # ready
    said: list[str] = []
    yield lambda: said[0]
    other.stdin.close()
    said.append(other.stdout.read().strip())
    other.wait()


def _write(folder: Path, lines: int) -> None:
    dice = Random(5)
    (folder / "mapping.yaml").write_text(MAPPING)
    with (folder / "lines.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "account", "product", "seats", "mrr", "currency", "start", "end"])
        for number in range(lines):
            start = date(2023, 1, 1) + timedelta(days=dice.randrange(1_200))
            end = start + timedelta(days=365) if dice.random() < 0.7 else ""
            writer.writerow(
                [
                    f"S-{number:07}", f"CRM-{FIRST + number % ACCOUNTS}", dice.choice(("Plan", "Mobile", "Insight")),
                    dice.randrange(3, 400), f"{dice.randrange(100, 90_000) / 100:.2f}",
                    dice.choice(("USD", "EUR", "GBP")), start, end,
                ]
            )  # fmt: skip
