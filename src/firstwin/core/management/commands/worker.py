from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from firstwin.core.backup.marker import refuse_unfinished_here
from firstwin.core.worker import run_prompt, run_worker


class Command(BaseCommand):
    help = "Run background jobs and the schedule until told to stop (Ctrl+C or SIGTERM)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="start what is due, run every waiting job, then end")
        parser.add_argument("--prompt", type=int, metavar="WORKER", help=SUPPRESS)  # how the worker starts one beside

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unfinished_here()
        if options["prompt"] is not None:
            run_prompt(options["prompt"])
            return
        if not options["once"]:
            self.stderr.write("Worker started. Ctrl+C stops it.")
        run_worker(is_once=options["once"])
