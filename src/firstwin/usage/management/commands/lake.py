"""`firstwin lake VERB`: look at the files that hold events, and put them in order by hand."""

import dataclasses
import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firstwin.core import clock
from firstwin.core.errors import FirstwinError
from firstwin.core.text import counted

VERBS = {
    "status": "how many files, rows and bytes there are, and what waits",
    "compact": "take up everything that waits in the inbox",
    "fold": "put what was stored into the roll-ups",
    "merge": "make small files into larger ones until none is due",
    "rebuild": "make all roll-ups again from the events",
    "retain": "delete events older than the retention that is set, and files nobody needs",
    "verify": "check files, keys and roll-ups; with --whole all of them. Exit code 1 when something is wrong",
}


class Command(BaseCommand):
    help = "The lake: the files that hold events of products. " + " ".join(f"{v}: {said}." for v, said in VERBS.items())

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=VERBS)
        parser.add_argument("--json", action="store_true", help="status: print it as JSON")
        parser.add_argument("--whole", action="store_true", help="verify: look at everything, not at a sample")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(clock.now(), options)
        except FirstwinError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"The lake stays as it was: {error}") from error

    def _status(self, now: datetime, options: dict[str, Any]) -> None:
        from firstwin.usage.lake.status import status

        found = status(now)
        if options["json"]:
            self.stdout.write(json.dumps(dataclasses.asdict(found), indent=2, default=str))
            return
        for stock in found.stocks:
            days = f", {stock.first} to {stock.last}" if stock.first else ""
            size = f"{stock.rows:,} rows, {stock.size / 1e6:,.1f} MB"
            self.stdout.write(f"{stock.table}: {counted(stock.files, 'file')}, {size}{days}")
        waits = f"{found.waiting_rows:,} events in {counted(found.waiting_segments, 'segment')} wait to be folded"
        self.stdout.write(f"{waits}{' (due)' if found.is_fold_due else ''}.")
        self.stdout.write(
            f"{found.inbox_events:,} events in {counted(found.inbox_batches, 'batch', 'batches')} wait in the inbox."
        )
        if found.inbox_held:
            self.stdout.write(f"{counted(found.inbox_held, 'batch', 'batches')} could not be taken up and are held.")
        if found.is_rebuild_due:
            self.stdout.write("Event names mean something else since the roll-ups were made: a rebuild is due.")

    def _compact(self, now: datetime, options: dict[str, Any]) -> None:
        from firstwin.usage.compact.run import Compactor

        compactor, rounds = Compactor(), 0
        while compactor.once(clock.now()):
            rounds += 1
        self.stdout.write(f"Took up the inbox in {counted(rounds, 'round')}.")

    def _fold(self, now: datetime, options: dict[str, Any]) -> None:
        from firstwin.usage.lake.fold import fold

        rounds = 0
        while fold(clock.now()):
            rounds += 1
        self.stdout.write(f"Folded in {counted(rounds, 'round')}.")

    def _merge(self, now: datetime, options: dict[str, Any]) -> None:
        from firstwin.usage.lake.merge import merge

        groups = 0
        while merge(clock.now()):
            groups += 1
        self.stdout.write(f"Merged {counted(groups, 'group')} of files.")

    def _rebuild(self, now: datetime, options: dict[str, Any]) -> None:
        from firstwin.usage.lake.rebuild import rebuild

        self.stdout.write(f"Made all roll-ups again from {counted(rebuild(now), 'event')}.")

    def _retain(self, now: datetime, options: dict[str, Any]) -> None:
        from firstwin.usage.lake import retention, sweep

        gone, files = retention.apply(now), sweep.sweep(now)
        self.stdout.write(f"Deleted {counted(gone, 'event')} and {counted(files, 'file')}.")

    def _verify(self, now: datetime, options: dict[str, Any]) -> None:
        from firstwin.usage.lake import check

        is_whole = options["whole"]
        problems = check.file_problems(now)
        if not problems:
            problems = check.key_problems(now, is_whole=is_whole) + check.rollup_problems(now, is_whole=is_whole)
        problems += check.lease_problems(now)
        for problem in problems:
            self.stdout.write(problem)
        self.stdout.write(f"{counted(len(problems), 'problem')}.")
        if problems:
            sys.exit(1)
