from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from firstwin.core.backup.marker import refuse_unfinished_here
from firstwin.core.worker import run_worker


class Command(BaseCommand):
    help = "Run background jobs and the schedule until told to stop (Ctrl+C or SIGTERM)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="start what is due, run every waiting job, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unfinished_here()
        if not options["once"]:
            self.stderr.write("Worker started. Ctrl+C stops it.")
        run_worker(is_once=options["once"])
