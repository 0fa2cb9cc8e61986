# ruff: noqa: N999 - the command is called import
"""`firstwin import MAPPING.yaml`: take in records from files."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from firstwin.connectors.actions.run_import import plan_import, run_import
from firstwin.core import clock
from firstwin.core.errors import Refused
from firstwin.core.progress import Progress

SOME_REJECTED, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = (
        "Take in accounts, people, memberships and touches from CSV files, as a mapping says. Good rows land; bad "
        "rows come back as a file to mend. The same file again changes nothing. Exit code 0: every row was good; "
        "1: some were rejected; 2: the mapping or a file cannot be used, and nothing was stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mapping", type=Path, help="the mapping, a YAML file (see docs/import.md)")
        parser.add_argument(
            "--file", action="append", default=[], metavar="NAME=PATH", help="where a file of the mapping is"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and store nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--rejects", type=Path, metavar="DIR", help="folder for rejected rows")
        parser.add_argument("--source", help="the name of the source, instead of the mapping's")

    def handle(self, *args: Any, **options: Any) -> None:
        rejects = options["rejects"] or settings.ENV.home / "imports" / "{run}"
        try:
            plan = plan_import(
                mapping=options["mapping"], paths=dict(map(_pair, options["file"])), source=options["source"]
            )
            with Progress("Importing") as progress:

                def tell(what: str, rows: int) -> None:
                    progress.label = f"Importing {what}, row"
                    progress.advance(rows)

                report = run_import(
                    plan=plan, by=None, now=clock.now(), rejects=rejects, is_dry=options["dry_run"], tell=tell
                )
        except Refused as problem:
            raise CommandError(f"{options['mapping'].name}: {problem.message}", returncode=UNUSABLE) from problem
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(report.lines()))
        if report.has_rejects:
            raise SystemExit(SOME_REJECTED)


def _pair(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not equals or not name or not path:
        raise Refused(f"--file takes NAME=PATH, not {text!r}.")
    return name, Path(path)
