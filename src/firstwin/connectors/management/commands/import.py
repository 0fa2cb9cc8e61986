# ruff: noqa: N999 - the command is called import
"""`firstwin import MAPPING.yaml`: take in records from files; go on with a run, or undo it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from firstwin.connectors.actions.run_import import plan_import, run_import, run_staged
from firstwin.connectors.actions.undo_import import run_undo, undo_import
from firstwin.connectors.course import Tell
from firstwin.connectors.hold import Lost
from firstwin.connectors.kinds.usage import USE
from firstwin.connectors.models import ImportRun, State
from firstwin.connectors.report import Report
from firstwin.core import clock
from firstwin.core.errors import FirstwinError, Refused
from firstwin.core.progress import Progress
from firstwin.core.text import counted
from firstwin.usage.actions.receive import bring_in

SOME_REJECTED, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = (
        "Take in records from files, as a mapping says: accounts, people, memberships, touches, products, contracts, "
        "lines, invoices, payment methods, churn, tickets, rates, events, daily usage. Good rows land; bad rows come "
        "back as a file to mend. The same file again changes nothing. Exit code 0: every row was good; 1: some were "
        "rejected, or an undo kept something; 2: it cannot be done, and nothing was stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("mapping", type=Path, nargs="?", help="the mapping, a YAML file (see docs/import.md)")
        parser.add_argument(
            "--file", action="append", default=[], metavar="NAME=PATH", help="where a file of the mapping is"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and store nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--rejects", type=Path, metavar="DIR", help="folder for rejected rows")
        parser.add_argument("--source", help="the name of the source, instead of the mapping's")
        parser.add_argument(
            "--ends", choices=["inclusive", "exclusive"], help="whether end days in the files still belong to a period"
        )
        parser.add_argument("--resume", type=int, metavar="RUN", help="go on with a run that was cut off")
        parser.add_argument("--undo", type=int, metavar="RUN", help="take back what a run brought")

    def handle(self, *args: Any, **options: Any) -> None:
        named = [name for name in ("mapping", "resume", "undo") if options[name] is not None]
        if len(named) != 1:
            raise CommandError("Say one of: a mapping, --resume RUN, --undo RUN.", returncode=UNUSABLE)
        what = options["mapping"].name if options["mapping"] else f"import {options[named[0]]}"
        try:
            if options["undo"] is not None:
                self._undo(options["undo"], is_json=options["json"])
                return
            with Progress("Importing") as progress:
                report = self._imported(options, _teller(progress))
                if not report.is_dry_run and any(file.kind in USE for file in report.files):
                    # Use waits in the inbox: what this command says afterwards holds it already.
                    bring_in(run=report.run, now=clock.now())
        except FirstwinError as problem:
            raise CommandError(f"{what}: {problem.message}", returncode=UNUSABLE) from problem
        except Lost:
            raise CommandError(f"{what}: another process took it over.", returncode=UNUSABLE) from None
        if options["json"]:
            self.stdout.write(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(report.lines()))
        if report.has_rejects:
            raise SystemExit(SOME_REJECTED)

    def _imported(self, options: dict[str, Any], tell: Tell) -> Report:
        if options["resume"] is not None:
            return run_staged(_run(options["resume"]).pk, now=clock.now(), tell=tell)
        plan = plan_import(
            mapping=options["mapping"],
            paths=dict(map(_pair, options["file"])),
            source=options["source"],
            ends=options["ends"],
        )
        rejects = options["rejects"].absolute() if options["rejects"] else Path(settings.ENV.home) / "imports" / "{run}"
        return run_import(plan=plan, by=None, now=clock.now(), rejects=rejects, is_dry=options["dry_run"], tell=tell)

    def _undo(self, pk: int, *, is_json: bool) -> None:
        run = _run(pk)
        with Progress("Undoing") as progress:
            if run.state != State.UNDOING:
                run = undo_import(by=None, run=run, now=clock.now(), is_enqueued=False)
            run = run_undo(run.pk, now=clock.now(), tell=_teller(progress))
            bring_in(run=run.pk, now=clock.now())
        kept = int(run.undo.get("kept_count", 0))
        if is_json:
            said = {name: run.undo.get(name) for name in ("deleted", "restored", "kept", "kept_count")}
            self.stdout.write(json.dumps({"run": run.pk, **said}, indent=2, ensure_ascii=False))
        else:
            gone, back = (sum(run.undo.get(name, {}).values()) for name in ("deleted", "restored"))
            self.stdout.write(f"Import {run.pk} is undone: {counted(gone, 'row')} gone, {back:,} as before.")
            for one in run.kept[:20]:
                self.stdout.write(f"  kept: {one['what']} {one['name']}: {one['why']}.")
            if kept > 20:
                self.stdout.write(f"  and {kept - 20:,} more were kept.")
        if kept:
            raise SystemExit(SOME_REJECTED)


def _run(pk: int) -> ImportRun:
    run = ImportRun.objects.filter(pk=pk).first()
    if run is None:
        raise Refused("There is no such import. `firstwin imports` lists them.")
    return run


def _teller(progress: Progress) -> Tell:
    def tell(what: str, rows: int) -> None:
        progress.label = f"{progress.label.split()[0]} {what}, row"
        progress.advance(rows)

    return tell


def _pair(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    if not equals or not name or not path:
        raise Refused(f"--file takes NAME=PATH, not {text!r}.")
    return name, Path(path)
