"""`firstwin account KEY --json`: everything known of one account."""

import json
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firstwin.accounts.dossier import dossier
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.errors import FirstwinError, Refused


class Command(BaseCommand):
    help = (
        "Everything known of one account: attributes with their sources, owners, people and roles, touches, children, "
        "external ids, and what is wrong with the record. Exit code 0, or 1 when there is no such account."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", help="the account's key, as in its address")
        parser.add_argument("--json", action="store_true", help="as JSON (else as indented text)")
        parser.add_argument("--as-of", metavar="DAY", help="as it was known at the end of that day, such as 2026-03-31")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            as_of = _end_of(options["as_of"], now) if options["as_of"] else now
            scope = AccountSet.everyone("command line")
            account = scope.accounts(removed=True).get_or_404(options["key"])
        except FirstwinError as problem:
            raise CommandError(problem.message) from problem
        found = dossier(account, as_of=as_of, is_past=bool(options["as_of"]))
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(found)))


def _end_of(text: str, now: datetime) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text[:40]!r} is not a day such as 2026-03-31.") from None
    return min(clock.end_of(day), now)


def _lines(value: Any, indent: str = "") -> list[str]:
    """A nested value as an outline; what is not known is left out."""
    lines: list[str] = []
    pairs = value.items() if isinstance(value, dict) else ((f"{place}", item) for place, item in enumerate(value, 1))
    for name, item in pairs:
        if item is None or item in ("", [], {}):
            continue
        if isinstance(item, list) and all(isinstance(part, str) for part in item):
            item = ", ".join(item)
        if isinstance(item, dict | list):
            lines += [f"{indent}{name}:", *_lines(item, indent + "  ")]
        else:
            lines.append(f"{indent}{name}: {item}")
    return lines
