"""Server time of the pages with a very large company, on SQLite and PostgreSQL side by side."""

import argparse
import json
import os
from collections.abc import Sequence
from typing import Any

from tests.postgres import binaries

from bench.homes import Home, postgresql, sqlite, standing

LIMIT, OWN, WHOLE = 150, 500, 1_000
LISTED = ("list", "search", "account page", "drawer", "health section")
"""Kinds that answer for what is in view; the others look at everybody, of an own book or of all."""


def run(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench pages", description=__doc__)
    parser.add_argument("--requests", type=int, default=60, help="of each kind (default 60)")
    parser.add_argument("--only", default="", help="kinds whose name holds this, or one of these|those")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="one of the two only")
    parser.add_argument("--slowest", action="store_true", help="the slowest addresses of each kind")
    parser.add_argument("--home", help="an installation on SQLite that is there already, with its signals computed")
    given = parser.parse_args(words)
    both = ["sqlite", *(["postgresql"] if binaries() else [])]
    wanted = ["sqlite"] if given.home else [given.database] if given.database else both
    asked = ("bench.measure", "--requests", str(given.requests), "--only", given.only)
    results: dict[str, dict[str, Any]] = {}
    for name in wanted:
        with standing(given.home) if given.home else sqlite() if name == "sqlite" else postgresql() as home:
            _tell_loading(home)
            results[home.vendor] = json.loads(home.run(*asked))
    print(f"\nServer time in ms, {given.requests} requests of each kind after warm-up, "
          f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    _print_table(results)
    if given.slowest:
        _print_slowest(results)


def _tell_loading(home: Home) -> None:
    said = home.loading
    if not said:
        return
    print(f"{home.vendor}: {said['accounts']:,} accounts, {said['people']:,} people, {said['touches']:,} touches, "
          f"loaded in {said['seconds']:.0f} s")  # fmt: skip


def _print_table(results: dict[str, dict[str, Any]]) -> None:
    """By the clock, and what this process computed: on SQLite all of the work, on PostgreSQL without the server's. On
    a busy machine that says more than the clock."""
    vendors = list(results)
    print(f"{'':32}" + "".join(f"{vendor:^48}" for vendor in vendors))
    columns = "".join(f"{'p50':>9}{'p95':>8}{'max':>8}{'cpu p50':>11}{'p95':>6}{'':6}" for _ in vendors)
    print(f"{'':32}{columns}{'   ratio of p95' if len(vendors) > 1 else ''}")
    for name in results[vendors[0]]:
        found = [results[vendor][name] for vendor in vendors]
        cells = "".join(
            f"{at(one['ms'], 50):>9.0f}{at(one['ms'], 95):>8.0f}{one['ms'][-1]:>8.0f}"
            f"{at(one['cpu'], 50):>11.0f}{at(one['cpu'], 95):>6.0f}{'':6}"
            for one in found
        )
        ratio = f"{at(found[1]['ms'], 95) / at(found[0]['ms'], 95):>8.2f}" if len(found) > 1 else ""
        worst = max(at(one["cpu"], 95) for one in found)
        mark = "  over the limit" if worst > limit(name) else ""
        print(f"{name:32}{cells}{ratio}{mark}")


def limit(name: str) -> int:
    """Processor milliseconds at the 95th percentile: of lists and pages of one account; of what sums up many."""
    if any(word in name for word in LISTED):
        return LIMIT
    return WHOLE if name.startswith("all / ") else OWN


def _print_slowest(results: dict[str, dict[str, Any]]) -> None:
    for vendor, found in results.items():
        for name, result in found.items():
            for ms, cpu, url in result["slowest"]:
                print(f"{vendor}  {name}  {ms} ms, {cpu} computed  {url}")


def at(sorted_ms: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile."""
    return sorted_ms[min(len(sorted_ms) - 1, max(0, -(-len(sorted_ms) * percent // 100) - 1))]
