"""`firstwin restore PATH`: a backup into an empty installation, checked before, while and after."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firstwin.core import clock, invariants
from firstwin.core.backup.check import check_backup
from firstwin.core.backup.manifest import Manifest
from firstwin.core.backup.restore import Restored, restore_backup
from firstwin.core.errors import FirstwinError
from firstwin.core.progress import Progress
from firstwin.core.text import counted


class Command(BaseCommand):
    help = (
        "Restore a backup into an empty installation (a new FIRSTWIN_HOME, or an empty PostgreSQL database). "
        "Everything is checked first; afterwards nothing is sent to anybody until `firstwin release`. "
        "Exit code 1 when an invariant does not hold in what was restored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the folder that `firstwin backup` made")
        parser.add_argument(
            "--check", action="store_true", help="only say whether the backup is whole; restore nothing"
        )
        parser.add_argument("--json", action="store_true", help="print a summary as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path, began = options["path"].expanduser().absolute(), time.monotonic()
        try:
            with Progress("Restoring") as progress:
                if options["check"]:
                    self._tell_checked(check_backup(path, progress), is_json=options["json"])
                    return
                restored = restore_backup(path=path, now=clock.now(), progress=progress)
                progress.say("Verifying")
                findings = [*invariants.verify(now=clock.now())]
        except FirstwinError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"The backup was not restored: {error}") from error
        problems = [f"{found.invariant.key}: {problem}" for found in findings for problem in found.problems]
        seconds = time.monotonic() - began
        if options["json"]:
            self.stdout.write(json.dumps(_plain(restored, len(findings), problems, seconds), indent=2))
        else:
            self._tell(restored, len(findings), problems, seconds)
        if problems:
            sys.exit(1)

    def _tell(self, restored: Restored, checks: int, problems: list[str], seconds: float) -> None:
        made = restored.manifest
        self.stdout.write(
            f"Restored {made.rows:,} rows in {counted(len(made.stored), 'table')} and "
            f"{counted(len(made.files), 'file')} as of {made.made_at:%Y-%m-%d %H:%M} UTC in {seconds:.1f} s; "
            "every table reads back as it was written."
        )
        for sentence in [*restored.told, *_losses(restored)]:
            self.stdout.write(sentence)
        self.stdout.write(f"{counted(checks, 'check')}, {counted(len(problems), 'problem')}.")
        for problem in problems:
            self.stdout.write(f"  ✗ {problem}")

    def _tell_checked(self, made: Manifest, *, is_json: bool) -> None:
        if is_json:
            told = {"is_whole": True, "rows": made.rows, "tables": len(made.stored), "files": len(made.files)}
            self.stdout.write(
                json.dumps({**told, "made_at": made.made_at.isoformat(), "version": made.version}, indent=2)
            )
            return
        self.stdout.write(
            f"The backup is whole: {made.rows:,} rows in {counted(len(made.stored), 'table')} and "
            f"{counted(len(made.files), 'file')}, made {made.made_at:%Y-%m-%d %H:%M} UTC by {made.version} "
            f"on {made.engine}."
        )


def _losses(restored: Restored) -> list[str]:
    missed = [f"{path} was missing already when the backup was made." for path in restored.manifest.missed]
    return missed + [f"{name} holds decimals of more than 15 digits, which SQLite rounds." for name in restored.rounded]


def _plain(restored: Restored, checks: int, problems: list[str], seconds: float) -> dict[str, Any]:
    made = restored.manifest
    return {
        "made_at": made.made_at.isoformat(),
        "from": made.engine,
        "tables": len(made.stored),
        "rows": made.rows,
        "files": len(made.files),
        "missed": list(made.missed),
        "rounded": list(restored.rounded),
        "told": list(restored.told),
        "checks": checks,
        "problems": problems,
        "seconds": round(seconds, 3),
    }
