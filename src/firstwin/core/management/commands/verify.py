import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from firstwin.core import clock, invariants
from firstwin.core.progress import Progress
from firstwin.core.text import counted


class Command(BaseCommand):
    help = (
        "Check everything that must always be true of this installation. Exit code 1 when something is not, "
        "with one line per problem."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        with Progress("Checking", len(invariants.invariants())) as progress:
            findings = [*progress.over(invariants.verify(now=clock.now()))]
        if options["json"]:
            self._as_json(findings)
        else:
            self._as_text(findings)
        if any(finding.problems for finding in findings):
            sys.exit(1)

    def _as_json(self, findings: list[invariants.Finding]) -> None:
        told = [
            {"key": found.invariant.key, "label": found.invariant.label, "problems": list(found.problems)}
            for found in findings
        ]
        is_sound = not any(found.problems for found in findings)
        self.stdout.write(json.dumps({"is_sound": is_sound, "checks": told}, indent=2))

    def _as_text(self, findings: list[invariants.Finding]) -> None:
        for found in findings:
            mark = "✗" if found.problems else "✓"
            self.stdout.write(f"{mark} {found.invariant.label}")
            for problem in found.problems:
                self.stdout.write(f"    {problem}")
        broken = sum(len(found.problems) for found in findings)
        self.stdout.write(f"{counted(len(findings), 'check')}, {counted(broken, 'problem')}.")
