"""Signals of a whole company: a full pass with shares by family, a replay by weeks, from an event to its score.

python -m bench signals [--accounts N] [--weeks N] [--replayed N]
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

INSIDE = """
import json, sys, time
from datetime import timedelta
from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.signals.refresh.definitions import definitions_at
from firstwin.signals.refresh.full import full_pass
from firstwin.signals.refresh.once import refresh_some
from firstwin.signals.refresh.replay import replay
weeks, replayed = int(sys.argv[1]), int(sys.argv[2])
for label in ("first pass", "second pass"):
    began = time.perf_counter()
    found = full_pass(clock.now())
    took = time.perf_counter() - began
    print(f"{label:34}{took:8.2f} s   {found.accounts:,} accounts, {found.differing} differ", flush=True)
    for name, spent in sorted(found.timings.items(), key=lambda one: -one[1])[:12]:
        print(f"    {name:30}{spent / 1000:8.2f} s   {spent / 10 / max(took, 0.001):5.1f} %", flush=True)
now = clock.now()
ids = list(Account.objects.filter(removed_at=None).order_by("pk").values_list("pk", flat=True)[:replayed])
days = [clock.day_of(now) - timedelta(days=7 * n) for n in range(weeks, 0, -1)]
began, differing = time.perf_counter(), 0
for _, some in replay(ids, days, now=now, under=lambda at: definitions_at(at.moment)):
    differing += len(some)
print(f"{'replay':34}{time.perf_counter() - began:8.2f} s   {weeks} weeks of {len(ids):,} accounts, {differing} differ")
slow = []
for pk in ids[:20]:
    account = Account.objects.get(pk=pk)
    began = time.perf_counter()
    Account.objects.filter(pk=pk).update(revision=account.revision + 1)
    refresh_some(clock.now())
    slow.append(time.perf_counter() - began)
slow.sort()
print(f"{'a fact to its score':34}{slow[len(slow) // 2]:8.2f} s   longest {slow[-1]:.2f} s")
"""


def run(words: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench signals", description=__doc__)
    parser.add_argument("--accounts", type=int, default=2_000)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--replayed", type=int, default=5_000)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="firstwin-bench-") as made:
        environ = {**os.environ, "FIRSTWIN_HOME": made}
        command = str(Path(sys.executable).parent / "firstwin")
        subprocess.run([command, "migrate", "--verbosity", "0"], env=environ, check=True)
        began = time.monotonic()
        asked = ["demo", "--accounts", str(given.accounts), "--weeks", "0", "--json"]
        subprocess.run([command, *asked], env=environ, check=True, stdout=subprocess.DEVNULL)
        print(f"{'demo with its first pass':34}{time.monotonic() - began:8.1f} s   {given.accounts:,} accounts")
        script = f"import sys; sys.argv = ['bench', '{given.weeks}', '{given.replayed}']\n{INSIDE}"
        subprocess.run([command, "shell", "-v", "0", "-c", script], env=environ, check=True)
