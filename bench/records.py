"""Where the time goes when subscription lines are taken in: reading, typing, storing, each by itself, on SQLite."""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

MAPPING = """\
source: legacy
files:
  - name: lines
    kind: lines
    key: id
    fields:
      account: account
      product: product
      quantity: seats
      mrr: mrr
      currency: currency
      trial: trial
      billing_interval: billed
      auto_renews: renews
      starts_on: {column: start, do: {date: "%d-%m-%Y"}}
      ends_on: {column: end, do: {date: "%d-%m-%Y"}}
"""
HEAD = "id,account,product,start,end,seats,mrr,currency,trial,billed,renews\n"
SLICE = 2_000


def run(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench records", description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--lines", type=int, default=200_000)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="firstwin-bench-") as made:
        os.environ |= {"FIRSTWIN_HOME": made, "FIRSTWIN_DATABASE_URL": ""}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "firstwin.settings")
        import django

        django.setup()
        _open_accounts(given.accounts)
        path = Path(made) / "lines.csv"
        path.write_text(HEAD + "".join(_lines(given.lines, given.accounts)))
        print(f"{given.lines:,} lines of {given.accounts:,} accounts, load {os.getloadavg()[0]:.1f}")
        _measure(path, given.lines)


def _lines(count: int, accounts: int) -> Iterator[str]:
    for n in range(count):
        end = f"{1 + n % 28:02d}-{1 + n % 12:02d}-2026" if n % 3 else ""
        yield (
            f"L-{n},A-{n % accounts},Product {n % 7},{1 + n % 28:02d}-{1 + n % 12:02d}-2024,{end},{n % 90},"
            f"{n % 900}.50,EUR,FALSE,monthly,TRUE\n"
        )


def _open_accounts(count: int) -> None:
    from django.core.management import call_command

    from firstwin.accounts.bulk import insert_many
    from firstwin.accounts.models import Account, AccountExternalId
    from firstwin.core import clock

    call_command("migrate", verbosity=0)
    now = clock.now()
    insert_many(
        Account,
        ("key", "name", "revision", "edition", "recorded_at", "source"),
        [(f"account-{n}", f"Account {n}", 1, 1, now, "legacy") for n in range(count)],
    )
    ids = Account.objects.order_by("pk").values_list("pk", flat=True)
    insert_many(
        AccountExternalId,
        ("account_id", "source", "external_id", "recorded_at", "seen_at"),
        [(pk, "legacy", f"A-{n}", now, now) for n, pk in enumerate(ids)],
    )


def _measure(path: Path, lines: int) -> None:
    from django.db import transaction

    from firstwin.accounts.references import Directory
    from firstwin.connectors.files import open_table
    from firstwin.connectors.kinds.binding import bind
    from firstwin.connectors.kinds.intake import Intake, Pretended
    from firstwin.connectors.kinds.records import RECORDS
    from firstwin.connectors.mapping.read import read_mapping
    from firstwin.connectors.report import FileReport
    from firstwin.core import clock

    table, now = open_table(path), clock.now()
    binding = bind(read_mapping(MAPPING), 0, table, {}, clock.zone(), "legacy")
    report: Any = FileReport("lines", path.name, "lines", "", "", "")
    intake = Intake("legacy", now, False, Directory(), {}, binding, report, Pretended(), 1)
    for label in ("new", "the same again"):
        spent = {"read": 0.0, "type": 0.0, "store": 0.0}
        rows = table.rows()
        while some := _timed(spent, "read", lambda rows: list(islice(rows, SLICE)), rows):
            bound = _timed(spent, "type", lambda some: binding.read_slice(some, now), some)
            with transaction.atomic():
                received = _timed(spent, "store", lambda found: RECORDS["lines"].receive(found, intake), bound.rows)
            assert not received.refused
        for name, seconds in spent.items():
            print(f"{label:16}{name:8}{seconds:7.2f} s of the processor, {seconds / lines * 1e6:6.1f} µs a row")
        print(f"{label:16}{'all':8}{lines / sum(spent.values()):,.0f} rows/s of the processor")


def _timed(spent: dict[str, float], name: str, do: Callable[[Any], Any], of: Any) -> Any:
    """Adds the time of the processor, so that what else the machine does counts less."""
    began = time.process_time()
    done = do(of)
    spent[name] += time.process_time() - began
    return done
