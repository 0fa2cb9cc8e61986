"""`firstwin demo`: load a believable company to look around in."""

import json
import os
import sys
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from firstwin.accounts.models import Account
from firstwin.core import clock
from firstwin.demo.cast import COMPANY
from firstwin.demo.load import load
from firstwin.demo.sign_in import keep, new_password
from firstwin.demo.stories import STORIES

LEAST = 20
QUIET_FOR = 2.0
"""Seconds before progress is worth showing."""


class Command(BaseCommand):
    help = (
        f"Load {COMPANY}, a made-up company with two years of customers, people and contacts. "
        "The same seed and end day give the same company."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", type=int, default=400, help="how many customers (default 400)")
        parser.add_argument("--seed", type=int, default=7, help="another seed, another company (default 7)")
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="the day it ends (default today)")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are accounts already")
        parser.add_argument("--add", action="store_true", help="load beside the accounts that are there")
        parser.add_argument(
            "--weeks",
            type=int,
            default=0,
            metavar="N",
            help="weeks of signals told from before its end at once (default 0: the worker tells the past behind)",
        )
        parser.add_argument("--json", action="store_true", help="report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        as_of = options["as_of"] or clock.today()
        if as_of > clock.today():
            raise CommandError(f"--as-of {as_of} lies ahead: a company has no history of tomorrow.")
        if options["accounts"] < LEAST:
            raise CommandError(f"--accounts {options['accounts']} is too few: the told stories alone need {LEAST}.")
        if Account.objects.exists() and not options["add"]:
            if options["if_empty"]:
                return
            raise CommandError("There are accounts here already. Use --add to load the demo beside them.")
        self._load(as_of, options)

    def _load(self, as_of: date, options: dict[str, Any]) -> None:
        password = os.environ.get("FIRSTWIN_DEMO_PASSWORD") or new_password()
        self._began = self._shown = time.monotonic()
        loaded = load(
            seed=options["seed"],
            as_of=as_of,
            accounts=options["accounts"],
            password=password,
            now=clock.now(),
            progress=self._progress,
        )
        sign_in = keep(password)
        self._compute(options["weeks"])
        seconds = time.monotonic() - self._began
        if options["json"]:
            report = {
                "accounts": loaded.accounts, "people": loaded.people, "touches": loaded.touches, "audit": loaded.trail,
                "events": loaded.events, "as_of": as_of.isoformat(), "seed": options["seed"],
                "seconds": round(seconds, 2), "database": connection.vendor,
                "stories": {story.key: story.name for story in STORIES},
            }  # fmt: skip
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(
            f"{COMPANY}: {loaded.accounts:,} accounts, {loaded.people:,} people, {loaded.touches:,} touches, "
            f"{loaded.events:,} events of use up to {as_of} in {seconds:.1f} s"
        )
        self.stdout.write(sign_in, ending="")

    def _compute(self, weeks: int) -> None:
        """What people judge, and then the signals: everybody as of now, and on demand some weeks back."""
        # What computes loads only when there is something to compute.
        from firstwin.demo.judged import judge
        from firstwin.signals.refresh.begin import begin

        judge(now=clock.now())
        self._progress("signals")
        begin(now=clock.now(), weeks=max(weeks, 0))

    def _progress(self, says: str) -> None:
        """A line now and then once it takes longer than a moment; to the error stream, so that --json stays clean."""
        at = time.monotonic()
        if at - self._shown < QUIET_FOR:
            return
        self._shown = at
        print(f"  {says}, {at - self._began:.0f} s", file=sys.stderr)
