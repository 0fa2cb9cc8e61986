"""Largest memory of each step from the socket to the page, at a smaller and a larger load, side by side.

A day of so many gigabytes; one account with so many people; so many distinct event names. Each step is a process of
its own, so that its peak is its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.template import copy_migrated

from bench.homes import ROOT

Peaks = dict[str, tuple[int, float, str]]
"""Step → megabytes, seconds, what it said."""

UNITS = {"day": "GB", "people": "people of one account", "names": "distinct event names"}


def run(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench usage_bounds", description=__doc__)
    parser.add_argument(
        "--day", type=float, nargs=2, default=(0.5, 1.5), help="gigabytes of batches; 0 0 leaves it out"
    )
    parser.add_argument("--people", type=int, nargs=2, default=(1_000_000, 10_000_000))
    parser.add_argument("--names", type=int, nargs=2, default=(100_000, 1_000_000))
    given = parser.parse_args(words)
    for kind, sizes in (("day", given.day), ("people", given.people), ("names", given.names)):
        if all(sizes):
            _side_by_side(kind, sizes)


def _side_by_side(kind: str, sizes: Sequence[float]) -> None:
    print(f"\n{kind}: {sizes[0]:,} and {sizes[1]:,} {UNITS[kind]}; load {os.getloadavg()[0]:.1f}", flush=True)
    small, large = (_measured(kind, size) for size in sizes)
    print(f"{'':12}{'MB':>8}{'MB':>8}{'s':>9}{'s':>9}")
    for step, (mb, seconds, _) in small.items():
        mb2, seconds2, said = large[step]
        print(f"{step:12}{mb:8,}{mb2:8,}{seconds:9.1f}{seconds2:9.1f}  {said}", flush=True)


def _measured(kind: str, size: float) -> Peaks:
    with tempfile.TemporaryDirectory(prefix="firstwin-bench-") as home:
        copy_migrated(Path(home))
        environ = {**os.environ, "FIRSTWIN_HOME": home, "FIRSTWIN_DATABASE_URL": ""}
        command = [sys.executable, "-m", "bench.usage_bounds_probe", kind, str(size)]
        done = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{kind} {size} failed with {done.returncode}")
    return {step: (mb, seconds, said) for step, mb, seconds, said in json.loads(done.stdout.splitlines()[-1])}
