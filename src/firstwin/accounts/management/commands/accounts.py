"""`firstwin accounts --where "country = 'DE' and employees > 100"`: which accounts, as a table, CSV or JSON."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F, QuerySet

from firstwin.accounts.listing.cells import ListColumn
from firstwin.accounts.listing.order import Order, order_of
from firstwin.accounts.models import AccountNow
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.conditions import check, parse_text, to_q
from firstwin.core.errors import FirstwinError
from firstwin.core.export import csv_lines
from firstwin.core.fields import Field, Kind, Vocabulary, vocabulary
from firstwin.core.money import Money
from firstwin.core.text import counted, shorten

DEFAULT = "name,owner,country,industry,last_touch,issues"
WIDEST = 40


class Command(BaseCommand):
    help = (
        "The accounts for which a condition holds (see docs/conditions.md). Exit code 0, also when there are none; 1 "
        "when the condition, a column or the order cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--where", default="", metavar="TEXT", help="such as: country = DE and employees > 100")
        parser.add_argument("--columns", default="", metavar="A,B", help=f"fields to show (default {DEFAULT})")
        parser.add_argument("--sort", default="name", metavar="FIELD", help="-FIELD for descending")
        parser.add_argument("--limit", type=int, metavar="N", help="at most so many")
        parser.add_argument("--format", default="table", choices=["table", "csv", "json"])

    def run_from_argv(self, argv: list[str]) -> None:
        # argparse takes the -x of `--sort -x` for an option of its own.
        if "--sort" in argv[:-1]:
            place = argv.index("--sort")
            argv = [*argv[:place], f"--sort={argv[place + 1]}", *argv[place + 2 :]]
        super().run_from_argv(argv)

    def handle(self, *args: Any, **options: Any) -> None:
        known = vocabulary()
        now = clock.now()
        try:
            columns = [ListColumn(field) for field in _fields(options["columns"], known)]
            rows = _rows(options["where"], order_of(options["sort"], known), known, now)
        except FirstwinError as problem:
            raise CommandError(problem.message) from problem
        if options["limit"] is not None:
            rows = rows[: max(options["limit"], 0)]
        paths = dict.fromkeys(["key", *(path for column in columns for path in column.paths())])
        found = rows.values(*paths).iterator(chunk_size=2_000)
        today = clock.day_of(now)
        match options["format"]:
            case "csv":
                self._csv(columns, found, today)
            case "json":
                self._json(columns, found, today)
            case _:
                self._table(columns, found, today)

    def _csv(self, columns: Sequence[ListColumn], rows: Iterator[Mapping[str, Any]], today: date) -> None:
        header = ["key", *(column.field.key for column in columns)]
        cells = ([row["key"], *(_csv_value(_value(c, row, today)) for c in columns)] for row in rows)
        for piece in csv_lines(header, cells):
            self.stdout.write(piece.decode("utf-8").removeprefix("\ufeff"), ending="")

    def _json(self, columns: Sequence[ListColumn], rows: Iterator[Mapping[str, Any]], today: date) -> None:
        # Written row by row: the whole list never stands in memory.
        separator = "[\n"
        for row in rows:
            one = {"key": row["key"]} | {c.field.key: _json_value(_value(c, row, today)) for c in columns}
            self.stdout.write(separator + "  " + json.dumps(one, ensure_ascii=False), ending="")
            separator = ",\n"
        self.stdout.write("[]" if separator == "[\n" else "\n]")

    def _table(self, columns: Sequence[ListColumn], rows: Iterator[Mapping[str, Any]], today: date) -> None:
        table = [[_words(_value(column, row, today)) for column in columns] for row in rows]
        labels = [column.field.label for column in columns]
        widths = [max(len(cells[place]) for cells in [labels, *table]) for place in range(len(labels))]
        for cells in [labels, *table]:
            padded = [
                cell.rjust(width) if column.is_number else cell.ljust(width)
                for cell, width, column in zip(cells, widths, columns, strict=True)
            ]
            self.stdout.write("  ".join(padded).rstrip())
        self.stdout.write(counted(len(table), "account"))


def _fields(text: str, known: Vocabulary) -> list[Field]:
    keys = [key.strip() for key in text.split(",") if key.strip()]
    if keys:
        return [known.field(key) for key in keys]
    return [known.fields[key] for key in DEFAULT.split(",") if key in known.fields]


def _rows(where: str, order: Order, known: Vocabulary, now: datetime) -> QuerySet[AccountNow]:
    tree = parse_text(where)
    check(tree, known)
    rows = AccountSet.everyone("command line").now()
    if where.strip():
        rows = rows.filter(to_q(tree, known, clock.day_of(now)))
    path = F(order.path)
    first = path.desc(nulls_last=True) if order.is_falling else path.asc(nulls_last=True)
    return rows.order_by(first, "account_id")


def _value(column: ListColumn, row: Mapping[str, Any], today: date) -> Any:
    """As its kind has it; "days since" as a number of days."""
    value = column.value(row)
    if column.field.kind is Kind.DAYS and isinstance(value, date):
        return (today - value).days
    return value


def _csv_value(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _json_value(value: Any) -> Any:
    if isinstance(value, Money | Decimal):
        return format(value.major if isinstance(value, Money) else value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Money):
        return value.format()
    if isinstance(value, list):
        return shorten(", ".join(map(str, value)), WIDEST)
    return shorten(str(value), WIDEST)
