"""`firstwin config`: what is defined, as text. See docs/config.md."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firstwin.core import clock
from firstwin.core.errors import FirstwinError, Refused
from firstwin.core.text import counted, did_you_mean
from firstwin.people.config.apply import apply_plan, rollback
from firstwin.people.config.documents import LARGEST, Document, Problem, read_documents
from firstwin.people.config.export import export_to, read_paths, stream
from firstwin.people.config.guard import TooMuch, impacts
from firstwin.people.config.kinds import kinds
from firstwin.people.config.plan import ADDED, CHANGED, REMOVED, UNCHANGED, Plan, planned
from firstwin.people.models import User

PLANNED = 2
_SIGNS = {ADDED: "+", CHANGED: "~", REMOVED: "-"}


class Command(BaseCommand):
    help = (
        "Segments, experiences, scorecards, pipelines and detectors as YAML: write them out, see what a text would "
        "change, let it stand, go back. Exit code of plan: 0 nothing to do, 2 changes planned, 1 refused; of the "
        "others: 0 done, 1 refused, and then nothing was changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        export = verbs.add_parser("export", help="write <kind>/<key>.yaml into a folder, or everything to the screen")
        export.add_argument("folder", nargs="?", default="-", help="a folder, or - for one text of many documents")
        for verb, help_ in (("plan", "say what a text would change"), ("apply", "let a text stand, all of it or none")):
            one = verbs.add_parser(verb, help=help_)
            one.add_argument("paths", nargs="+", metavar="FILE|FOLDER", help="YAML files or folders of them; - reads")
            one.add_argument(
                "--prune", action="store_true", help="remove what the text leaves out, of the kinds it speaks of"
            )
            if verb == "apply":
                _deed(one)
        back = verbs.add_parser("rollback", help="let a definition say again what an earlier version said")
        back.add_argument("kind")
        back.add_argument("key")
        back.add_argument("--to", type=int, metavar="N", help="the version (default: the one before the last)")
        _deed(back)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except TooMuch as problem:
            raise CommandError(f"{problem.message}\nIf that is meant, say --accept-changes.") from problem
        except FirstwinError as problem:
            raise CommandError(problem.message) from problem

    def _export(self, options: dict[str, Any]) -> None:
        if options["folder"] == "-":
            for text in stream():
                self.stdout.write(text, ending="")
            return
        folder = Path(options["folder"])
        try:
            count, old = export_to(folder)
        except OSError as problem:
            raise CommandError(f"{folder}: {problem.strerror}.") from problem
        self.stdout.write(f"{counted(count, 'definition')} written to {folder}")
        for path in old:
            self.stderr.write(f"{path}: nothing stands under this key any more; applying it would add it again.")

    def _plan(self, options: dict[str, Any]) -> None:
        plan = self._planned(options)
        if not plan.changed:
            self.stdout.write(_summary(plan))
            return
        for entry in plan.changed:
            self.stdout.write(f"{_SIGNS[entry.what]} {entry.kind} {entry.key} ({entry.what})")
            if entry.what == CHANGED:
                self.stdout.write(entry.diff, ending="")
        for one in impacts(plan.changes, clock.now()):
            if one.changed:
                self.stdout.write(f"! {one.words}" if one.is_large else one.words)
                for note in one.notes:
                    self.stdout.write(f"    {note}")
        self.stdout.write(_summary(plan))
        raise SystemExit(PLANNED)

    def _apply(self, options: dict[str, Any]) -> None:
        by, plan = _author(options["author"]), self._planned(options)
        apply_plan(
            by=by, plan=plan, now=clock.now(), note=options["note"], accept=options["accept_changes"], most=None
        )  # fmt: skip
        for entry in plan.changed:
            self.stdout.write(f"{_SIGNS[entry.what]} {entry.kind} {entry.key} ({entry.what})")
        self.stdout.write(_summary(plan))

    def _rollback(self, options: dict[str, Any]) -> None:
        known = [kind.key for kind in kinds()]
        if options["kind"] not in known:
            close = did_you_mean(options["kind"], known) or f"Known are {', '.join(known)}."
            raise Refused(f"There is no kind {options['kind']!r}. {close}")
        (version,) = rollback(
            by=_author(options["author"]), kind=options["kind"], key=options["key"], to=options["to"],
            now=clock.now(), note=options["note"], accept=options["accept_changes"], most=None,
        )  # fmt: skip
        self.stdout.write(f"{version.kind} {version.key}: {version.note}, which is version {version.number} now")

    def _planned(self, options: dict[str, Any]) -> Plan:
        documents, problems = _read(options["paths"])
        if not problems and not documents:
            raise Refused("There is no definition in it.")
        plan = planned(documents, prune=options["prune"]) if not problems else Plan((), tuple(problems))
        if plan.problems:
            lines = "\n".join(map(str, plan.problems))
            raise CommandError(f"{lines}\nRefused: {counted(len(plan.problems), 'problem')}. Nothing was changed.")
        return plan


def _deed(parser: ArgumentParser) -> None:
    parser.add_argument("--note", default="", help="why, kept with the version")
    parser.add_argument("--as", dest="author", default="", metavar="EMAIL", help="who changes it")
    parser.add_argument("--accept-changes", action="store_true", help="also when it moves many accounts")


def _author(email: str) -> User | None:
    if not email:
        return None
    found = User.objects.enabled().filter(email__iexact=email).first()
    if found is None:
        raise Refused(f"Nobody with the address {email} may sign in here.")
    return found


def _read(paths: list[str]) -> tuple[list[Document], list[Problem]]:
    if "-" not in paths:
        return read_paths([Path(path) for path in paths])
    documents, problems = read_documents(sys.stdin.buffer.read(LARGEST + 1), "-")
    found, wrong = read_paths([Path(path) for path in paths if path != "-"])
    return [*documents, *found], [*problems, *wrong]


def _summary(plan: Plan) -> str:
    if not plan.changed:
        return f"Nothing to do: {counted(plan.count(UNCHANGED), 'definition')} as they stand."
    return ", ".join(f"{plan.count(what)} {what}" for what in (ADDED, CHANGED, REMOVED, UNCHANGED)) + "."
