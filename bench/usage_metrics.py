"""All adoption metrics of many accounts over many events, beside one scan of one column of the same events.

A lake is made straight from numbers, in ranges of days so that memory stays bounded. Every time is taken in a process
of its own, cold but for the byte code of its modules, which any installation has. `--peer` asks the same of PostgreSQL
in plain SQL.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
WEEKLY = 5_000
"""Accounts of which a year of weeks is told."""


def run(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench usage_metrics", description=__doc__)
    parser.add_argument("--events", type=int, default=100_000_000)
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--home", help="keep the lake here, and use it again")
    parser.add_argument(
        "--peer", action="store_true", help="the same in plain SQL on PostgreSQL, with 10 M events at most"
    )
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="firstwin-bench-") as made:
        home = Path(given.home or made).resolve()
        print(f"{given.events:,} events, {given.accounts:,} accounts, {os.cpu_count()} cores, "
              f"load {os.getloadavg()[0]:.1f}")  # fmt: skip
        if given.peer:
            from bench.usage_peer import against_postgresql

            against_postgresql(min(given.events, 10_000_000), given.accounts)
            return
        if not (home / "made.json").exists():
            began = time.monotonic()
            said = _in_process(home, "make", str(given.events), str(given.accounts))
            (home / "made.json").write_text(json.dumps(said))
            print(f"{'made in':34}{time.monotonic() - began:8.1f} s   {said['mb']:,} MB of files")
        _measure(home)


def _measure(home: Path) -> None:
    scan = _best(home, "scan", "actor")
    other = _best(home, "scan", "ts")
    print(f"{'one column, actor':34}{scan['seconds']:8.2f} s   {scan['process']:.2f} s with its process")
    print(f"{'one column, ts':34}{other['seconds']:8.2f} s   {other['process']:.2f} s with its process")
    for label, back in (("all metrics, last day", "0"), ("all metrics, 100 days before", "100")):
        found = _best(home, "all", back)
        print(
            f"{label:34}{found['seconds']:8.2f} s   {found['process']:.2f} s with its process, "
            f"peak {found['mb']:,} MB; "
            f"{found['seconds'] / scan['seconds']:.2f} x the scan, "
            f"{found['process'] / scan['process']:.2f} x with processes; "
            f"{found['processor']:.2f} s of processors, the scan {scan['processor']:.2f} s"
        )
    year = _in_process(home, "weeks", str(WEEKLY))
    print(f"{f'52 weeks of {WEEKLY:,} accounts':34}{year['seconds']:8.2f} s   peak {year['mb']:,} MB")
    print(f"{'all of it as objects':34}{_in_process(home, 'objects')['seconds']:8.2f} s")
    one = _in_process(home, "one")
    print(
        f"{'one account after one event':34}{one['median'] * 1_000:8.0f} ms  median of {one['n']} accounts, "
        f"slowest {one['slowest'] * 1_000:.0f} ms, first of the process {one['first'] * 1_000:.0f} ms"
    )
    checked = _in_process(home, "check")
    print(f"{'1 % against plain SQL':34}{checked['accounts']:8,} accounts on {checked['days']} days: "
          f"{checked['differences']} differences")  # fmt: skip
    for line in checked["examples"]:
        print(f"  {line}")
    if checked["differences"]:
        raise SystemExit(1)


def _best(home: Path, *words: str) -> dict[str, Any]:
    """The quicker of three cold processes: what another program did meanwhile is not ours."""
    return min((_in_process(home, *words) for _ in range(3)), key=lambda said: said["seconds"])


def _in_process(home: Path, *words: str) -> dict[str, Any]:
    environment = {**os.environ, "FIRSTWIN_HOME": str(home), "FIRSTWIN_DATABASE_URL": "", "FIRSTWIN_TIME_ZONE": "UTC",
                   "PYTHONPYCACHEPREFIX": str(home / "bytecode")}  # fmt: skip
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "bench.usage_probe", *words],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said | {"process": time.monotonic() - began}
