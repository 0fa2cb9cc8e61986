"""Rows per second of `firstwin import`: 20,000 accounts and 50,000 touches, new and then the same again."""

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from tests import postgres

from bench.homes import run as run_in

MAPPING = """\
source: legacy
files:
  - name: accounts
    kind: accounts
    path: accounts.csv
    key: id
    fields:
      name: name
      domains: domain
      industry: industry
      country: country
      tier: tier
      employees: employees
      annual_revenue: revenue
      customer_since: {column: since, do: {date: "%d.%m.%Y"}}
  - name: touches
    kind: touches
    path: touches.csv
    key: id
    known_at: recorded
    fields:
      account: account
      kind: kind
      direction: direction
      occurred_at: occurred
      minutes: minutes
      planned: planned
      sentiment: sentiment
      summary: summary
      next_step: next_step
      next_step_on: next_step_on
"""


def run(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench imports", description=__doc__)
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--touches", type=int, default=50_000)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="firstwin-bench-") as made:
        folder = Path(made)
        rows = _write(folder, given.accounts, given.touches)
        print(f"Import of {given.accounts:,} accounts and {given.touches:,} touches, {os.cpu_count()} cores, "
              f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
        for vendor, database in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
            if vendor == "PostgreSQL" and postgres.binaries() is None:
                continue
            with database(folder / vendor) as environment:
                _measure(vendor, environment, folder / "mapping.yaml", rows)


def _measure(vendor: str, environment: dict[str, str], mapping: Path, rows: int) -> None:
    run_in(environment, "firstwin.cli", "migrate", "-v0")
    for label in ("new", "the same again"):
        began = time.monotonic()
        run_in(environment, "firstwin.cli", "import", str(mapping), "--json")
        seconds = time.monotonic() - began
        print(f"{vendor:12}{label:16}{seconds:8.1f} s{rows / seconds:10,.0f} rows/s")


@contextmanager
def _sqlite(home: Path) -> Iterator[dict[str, str]]:
    yield {"FIRSTWIN_HOME": str(home), "FIRSTWIN_DATABASE_URL": ""}


@contextmanager
def _postgresql(home: Path) -> Iterator[dict[str, str]]:
    with postgres.cluster(is_durable=True) as url:
        yield {"FIRSTWIN_HOME": str(home), "FIRSTWIN_DATABASE_URL": url}


def _write(folder: Path, accounts: int, touches: int) -> int:
    """The files, from the demo company's customers. Returns the rows in them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    import django

    django.setup()
    from firstwin.demo.company import Company

    company = Company(seed=11, as_of=date(2026, 1, 1), accounts=accounts)
    customers = [customer for block in company.blocks() for customer in block]
    (folder / "mapping.yaml").write_text(MAPPING)
    known = _save(folder / "accounts.csv", (_account(customer.script) for customer in customers))
    said = ((customer.script.number, touch) for customer in customers for touch in customer.touches)
    kept = (pair for _, pair in zip(range(touches), said, strict=False))
    return known + _save(folder / "touches.csv", (_touch(number, touch) for number, touch in kept))


def _account(script: Any) -> dict[str, Any]:
    return {
        "id": f"A{script.number}", "name": script.name, "domain": script.domain, "industry": script.industry,
        "country": script.country, "tier": script.tier, "employees": script.employees,
        "revenue": script.revenue // 100, "since": f"{script.starts_on:%d.%m.%Y}",
    }  # fmt: skip


def _touch(number: int, touch: Any) -> dict[str, Any]:
    return {
        "id": touch.key, "account": f"A{number}", "recorded": touch.recorded_at.isoformat(), "kind": touch.kind,
        "direction": touch.direction, "occurred": touch.occurred_at.isoformat(), "minutes": touch.minutes,
        "planned": str(touch.is_planned).lower(), "sentiment": touch.sentiment, "summary": touch.summary,
        "next_step": touch.next_step, "next_step_on": touch.next_step_on or "",
    }  # fmt: skip


def _save(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    """Write the rows with their heads. Returns how many there were."""
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer: Any = None
        for row in rows:
            writer = writer or csv.DictWriter(file, list(row))
            if not count:
                writer.writeheader()
            writer.writerow(row)
            count += 1
    return count
