"""Measure pages inside one installation and print the times as JSON: `python -m bench.measure` (see `bench.pages`).

What is timed is all the server does for a request, middleware and templates included, without a network.
"""

import argparse
import json
import os
import sys
import time
from collections import defaultdict
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=60)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
    import django

    django.setup()
    json.dump(measure(given.requests, given.only, given.seed), sys.stdout)


def measure(requests: int, only: str, seed: int) -> dict[str, Any]:
    """{"scope / scenario": {"ms": sorted times, "cpu": sorted, "slowest": [[ms, cpu, url], …]}}."""
    from bench.requests import Asker, scenarios
    from firstwin.core.fields import vocabulary
    from firstwin.people.models import User

    found: dict[str, Any] = defaultdict(dict)
    for scope, email, whose in (("all", "ada@fernhill.example", "all"), ("own book", "mina@fernhill.example", "mine")):
        user = User.objects.get(email=email)
        browser = Browser(user)
        for name, make in scenarios(Asker(user, vocabulary(), seed, whose)):
            if only and not any(word in name for word in only.split("|")):
                continue
            for _ in range(3):
                browser.ask(make())
            timed = sorted((*browser.ask(ask), ask.url) for ask in (make() for _ in range(requests)))
            found[f"{scope} / {name}"] = {
                "ms": [round(ms, 2) for ms, _, _ in timed],
                "cpu": sorted(round(cpu, 2) for _, cpu, _ in timed),
                "slowest": [[round(ms, 1), round(cpu, 1), url] for ms, cpu, url in timed[-3:][::-1]],
            }
            busy, late = sorted(cpu for _, cpu, _ in timed), len(timed) * 95 // 100
            told = f"{timed[late][0]:.0f} ms, computing {busy[len(busy) // 2]:.0f} and {busy[late]:.0f}"
            print(f"  {scope} / {name}: {told}", file=sys.stderr)
    return dict(found)


class Browser:
    """A signed-in client that times its requests."""

    def __init__(self, user: Any) -> None:
        from django.test import Client

        self.client = Client(SERVER_NAME="localhost")
        self.client.force_login(user, backend="firstwin.people.backends.FoldedEmailBackend")

    def ask(self, ask: Any) -> tuple[float, float]:
        """Milliseconds by the clock, and of this process's computing, for one request. Anything but a page fails."""
        headers = {"HX-Request": "true"} if ask.is_part else {}
        began, computed = time.perf_counter(), time.process_time()
        if ask.form is None:
            response = self.client.get(ask.url, headers=headers)
        else:
            response = self.client.post(ask.url, ask.form, headers=headers)
        took, busy = time.perf_counter() - began, time.process_time() - computed
        if response.status_code != 200:
            raise SystemExit(f"{ask.url} answered {response.status_code}")
        return took * 1_000, busy * 1_000


if __name__ == "__main__":
    main()
