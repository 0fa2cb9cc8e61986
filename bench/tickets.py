"""Rows per second of `receive_tickets`, and milliseconds of the support columns of all accounts, on SQLite."""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.homes import run as run_in

SLICE = 2_000


def run(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench tickets", description=__doc__)
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--tickets", type=int, default=100_000)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="firstwin-bench-") as made:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
        os.environ["FIRSTWIN_HOME"] = made
        run_in({"FIRSTWIN_HOME": made, "FIRSTWIN_DATABASE_URL": ""}, "firstwin.cli", "migrate", "-v0")
        import django

        django.setup()
        _measure(given.accounts, given.tickets, Path(made))


def _measure(accounts: int, tickets: int, home: Path) -> None:
    from firstwin.accounts.actions.receive import AccountSaid, receive_accounts, refresh_received
    from firstwin.accounts.published import publish
    from firstwin.support.actions.receive import receive_tickets

    now = datetime(2026, 3, 16, 9, tzinfo=UTC)
    ids: list[int] = []
    for start in range(0, accounts, SLICE):
        told = [
            AccountSaid(row=n, external_id=f"A{n}", known_at=now, name=f"Account {n}")
            for n in range(start, min(start + SLICE, accounts))
        ]
        ids += receive_accounts(said=told, source="bench", now=now).ids.values()
    refresh_received(ids, now=now)
    print(f"{len(ids):,} accounts, {tickets:,} tickets, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    for label, moment in (("new", now), ("the same again", now + timedelta(days=1))):
        said = _told(ids, tickets, moment)
        began = time.monotonic()
        for start in range(0, len(said), SLICE):
            receive_tickets(said=said[start : start + SLICE], source="bench", origin=1, now=moment)
        print(f"receive_tickets, {label:16}{tickets / (time.monotonic() - began):12,.0f} rows/s")
    began = time.monotonic()
    publish("support", None, now=now)
    print(f"the support columns of all accounts, written{(time.monotonic() - began) * 1000:12,.0f} ms")
    from firstwin.support.published import compute

    began = time.monotonic()
    for start in range(0, len(ids), 1_000):
        compute(ids[start : start + 1_000], now)
    print(f"the same, computed only{(time.monotonic() - began) * 1000:12,.0f} ms")


def _told(ids: Sequence[int], tickets: int, now: datetime) -> list[Any]:
    from firstwin.support.actions.receive import TicketSaid
    from firstwin.support.models import Priority

    dice = Random(7)
    base = datetime(2026, 3, 16, 9, tzinfo=UTC)
    said = []
    for n in range(tickets):
        opened_at = base - timedelta(minutes=dice.randrange(1, 525_600))
        closed_at = opened_at + timedelta(minutes=dice.randrange(30, 20_000))
        done = closed_at < base
        said.append(
            TicketSaid(
                row=n + 2,
                external_id=f"T{n}",
                account_id=dice.choice(ids),
                known_at=now,
                has_own_time=False,
                opened_at=opened_at,
                closed_at=closed_at if done else None,
                first_response_at=opened_at + timedelta(minutes=29) if done else None,
                priority=dice.choice(Priority.values),
                csat=dice.choice((None, None, 3, 4, 5)) if done else None,
                subject=f"Question {n}",
                channel="email",
            )
        )
    return said


if __name__ == "__main__":
    run([])
