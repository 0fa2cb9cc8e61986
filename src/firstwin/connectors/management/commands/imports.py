"""`firstwin imports`: the runs so far, newest first."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from firstwin.connectors.models import ImportRun
from firstwin.core import clock
from firstwin.core.text import counted


class Command(BaseCommand):
    help = "List imports, newest first: how far each has come, and until when it can be undone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print them as JSON")
        parser.add_argument("--limit", type=int, default=50, help="how many (default 50)")

    def handle(self, *args: Any, **options: Any) -> None:
        runs = list(ImportRun.objects.order_by("-pk")[: max(options["limit"], 1)])
        if options["json"]:
            self.stdout.write(json.dumps([_told(run) for run in runs], indent=2, ensure_ascii=False))
            return
        for run in runs:
            self.stdout.write(_line(run))
        if not runs:
            self.stdout.write("Nothing has been imported yet.")


def _told(run: ImportRun) -> dict[str, Any]:
    until = run.undo_until
    return {
        "run": run.pk,
        "source": run.source,
        "mapping": run.mapping_name,
        "state": run.state,
        "dry_run": run.is_dry_run,
        "progress": round(run.progress, 4),
        "rows": run.rows_read,
        "rows_total": run.rows_total,
        "seconds_left": run.seconds_left,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "undo_until": until.isoformat() if until else None,
        "undone_at": run.undone_at.isoformat() if run.undone_at else None,
        "problem": run.problem,
    }


def _line(run: ImportRun) -> str:
    said = run.get_state_display().lower() + (" (dry run)" if run.is_dry_run else "")
    if run.state in {"running", "undoing"}:
        left = f", {counted(run.seconds_left, 'second')} left" if run.seconds_left is not None else ""
        said += f" {run.progress:.0%}{left}"
    at = run.started_at.astimezone(clock.zone())
    more = f": {run.problem}" if run.problem else ""
    return f"{run.pk:>6}  {at:%Y-%m-%d %H:%M}  {run.source}  {counted(run.rows_read, 'row')}  {said}{more}"
