"""`firstwin sources`: the health of every source."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from firstwin.accounts.scope import AccountSet
from firstwin.connectors.sources import health_of_sources
from firstwin.core import clock


class Command(BaseCommand):
    help = "Say of each source when it last spoke, how much of it was rejected, where it disagrees, and what to do."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        found = health_of_sources(AccountSet.everyone("the health of sources, from the command line"), now=now)
        if options["json"]:
            self.stdout.write(json.dumps([one.as_dict() for one in found], indent=2, ensure_ascii=False))
            return
        for one in found:
            rejected = f", {one.rejected:,} of {one.rows:,} rows rejected" if one.rejected else f", {one.rows:,} rows"
            usually = f", usually {one.usually}" if one.usually else ""
            self.stdout.write(f"{one.source} {one.kind}: {one.state}; {one.last_at:%Y-%m-%d}{usually}{rejected}")
            self.stdout.write(f"  {one.advice}")
        if not found:
            self.stdout.write("No source has spoken yet.")
