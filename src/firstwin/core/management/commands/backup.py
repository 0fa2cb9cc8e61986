"""`firstwin backup [PATH]`: the whole installation as a folder, while people work."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from firstwin.core import clock
from firstwin.core.backup.manifest import Manifest
from firstwin.core.backup.place import default_place, keep_newest
from firstwin.core.backup.take import take_backup
from firstwin.core.errors import FirstwinError
from firstwin.core.progress import Progress
from firstwin.core.text import counted, listing


class Command(BaseCommand):
    help = (
        "Back everything up, database and files, as it stands at this moment; people keep working meanwhile. "
        "The backup is a folder that `firstwin restore` brings back, into either database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, help="a folder to make (default HOME/backups/now)")
        parser.add_argument(
            "--keep", type=int, metavar="N", help="afterwards keep only the N newest dated backups there"
        )
        parser.add_argument("--with-secret-key", action="store_true", help="put the signing key in as well")
        parser.add_argument("--json", action="store_true", help="print a summary as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep: keep at least one.")
        now, began = clock.now(), time.monotonic()
        path = (options["path"] or default_place(Path(settings.ENV.home), now)).expanduser().absolute()
        try:
            with Progress("Backing up") as progress:
                made = take_backup(path=path, now=now, has_secret=options["with_secret_key"], progress=progress)
            gone = keep_newest(path.parent, options["keep"]) if options["keep"] else []
        except FirstwinError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"The backup was not made: {error}") from error
        self._tell(path, made, gone, time.monotonic() - began, is_json=options["json"])

    def _tell(self, path: Path, made: Manifest, gone: list[str], seconds: float, *, is_json: bool) -> None:
        if is_json:
            self.stdout.write(json.dumps(_plain(path, made, gone, seconds), indent=2))
            return
        files, size = counted(len(made.files), "file"), made.size / 1e6
        tables = counted(len(made.stored), "table")
        self.stdout.write(f"{path}\n{made.rows:,} rows in {tables}, {files}, {size:,.1f} MB in {seconds:.1f} s.")
        if not made.secret:
            self.stdout.write("The secret key is not in it: keep a copy of it in another safe place.")
        if gone:
            self.stdout.write(f"Removed {listing(gone)}.")
        for warning in _warnings(made):
            self.stderr.write(warning)


def _warnings(made: Manifest) -> list[str]:
    found = [f"{path} is named by the database and was not there." for path in made.missed]
    return found + [f"The table {name} is not of this version and was left out." for name in made.left_out]


def _plain(path: Path, made: Manifest, gone: list[str], seconds: float) -> dict[str, Any]:
    return {
        "path": str(path),
        "made_at": made.made_at.isoformat(),
        "engine": made.engine,
        "tables": len(made.stored),
        "rows": made.rows,
        "files": len(made.files),
        "bytes": made.size,
        "has_secret_key": bool(made.secret),
        "missed": list(made.missed),
        "left_out": list(made.left_out),
        "removed": gone,
        "seconds": round(seconds, 3),
    }
