"""`firstwin revenue --on DATE --json`: ARR and MRR on a day."""

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from firstwin.accounts.models import Account
from firstwin.accounts.scope import AccountSet
from firstwin.core import clock
from firstwin.core.asked import asked_day, asked_moment
from firstwin.core.errors import FirstwinError
from firstwin.core.money import Money
from firstwin.revenue.figures import Sums, Totals, arr_by_account, arr_by_product, arr_on
from firstwin.revenue.models import Product


class Command(BaseCommand):
    help = (
        "ARR and MRR of all accounts on a day: lines in force on it (the day a line ends is the first day without "
        "it), in the installation's currency at the latest rates up to that day. Amounts in major units. "
        "Exit code 0 also where a currency has no rate; what could not be converted is then told apart."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="the day, such as 2026-03-31; today when left out")
        parser.add_argument("--known-by", metavar="MOMENT", help="as it was known then: a day (its end) or a moment")
        parser.add_argument("--by", choices=("account", "product", "currency"), help="told apart as well")
        parser.add_argument("--json", action="store_true", help="as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = asked_day(options["on"]) if options["on"] else clock.today()
            known_by = asked_moment(options["known_by"]) if options["known_by"] else None
        except FirstwinError as problem:
            raise CommandError(problem.message) from problem
        accounts = AccountSet.everyone("command line")
        totals = arr_on(accounts, on, known_by=known_by)
        parts = _parts(options["by"], accounts, totals, known_by) if options["by"] else None
        if options["json"]:
            self.stdout.write(_json(totals, options["by"], parts))
        else:
            self.stdout.write(_text(totals, parts))
        if totals.unconverted:
            names = ", ".join(totals.unconverted)
            self.stderr.write(
                f"No rate from {names} to {totals.currency} on or before {on.isoformat()}: "
                "those amounts are not in the total."
            )


Part = tuple[str, Sums, dict[str, Sums]]


def _parts(by: str, accounts: AccountSet, totals: Totals, known_by: datetime | None) -> list[Part]:
    """(name, sums, what has no rate), the largest ARR first. By currency the sums are as billed."""
    if by == "currency":
        found: list[Part] = [(currency, sums, {}) for currency, sums in totals.by_currency.items()]
    elif by == "product":
        names = dict(Product.objects.values_list("pk", "key"))
        by_product = arr_by_product(accounts, totals.on, known_by=known_by)
        found = [(names.get(pk or 0, "-"), *sums) for pk, sums in by_product.items()]
    else:
        by_account = arr_by_account(accounts, totals.on, known_by=known_by)
        keys = dict(Account.objects.values_list("pk", "key"))
        found = [(keys[pk], *sums) for pk, sums in by_account.items()]
    return sorted(found, key=lambda part: (-part[1].arr_minor, part[0]))


def _json(totals: Totals, by: str | None, parts: list[Part] | None) -> str:
    """Amounts as JSON numbers, written digit by digit from whole minor units: no binary fraction is involved."""
    fields = [
        ("on", json.dumps(totals.on.isoformat())),
        ("accounts", str(totals.accounts)),
        ("lines", str(totals.lines)),
        ("mrr", _number(totals.mrr_minor, totals.currency)),
        ("arr", _number(totals.arr_minor, totals.currency)),
        ("currency", json.dumps(totals.currency)),
    ]
    if totals.unconverted:
        fields.append(("unconverted", _currencies(totals.unconverted)))
    if parts is not None:
        said = [(name, _sums(sums, name if by == "currency" else totals.currency, left)) for name, sums, left in parts]
        fields.append((f"by_{by}", _object(said)))
    return _object(fields)


def _object(fields: list[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {value}" for name, value in fields) + "}"


def _sums(sums: Sums, currency: str, left: dict[str, Sums]) -> str:
    fields = [
        ("lines", str(sums.lines)),
        ("mrr", _number(sums.mrr_minor, currency)),
        ("arr", _number(sums.arr_minor, currency)),
    ]
    return _object([*fields, ("unconverted", _currencies(left))] if left else fields)


def _currencies(left: dict[str, Sums]) -> str:
    return _object([(currency, _sums(sums, currency, {})) for currency, sums in left.items()])


def _number(minor: int, currency: str) -> str:
    """`1234.5`, `1200`: the shortest exact way to write it."""
    text = f"{Money(minor, currency).major:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _text(totals: Totals, parts: list[Part] | None) -> str:
    def money(minor: int, currency: str = totals.currency) -> str:
        return Money(minor, currency).format(decimals=True)

    lines = [
        f"On {totals.on.isoformat()}: {totals.accounts:,} accounts with {totals.lines:,} lines in force",
        f"ARR {money(totals.arr_minor)}",
        f"MRR {money(totals.mrr_minor)}",
    ]
    for name, sums, _ in parts or []:
        currency = name if name in totals.by_currency and parts and len(name) == 3 else totals.currency
        lines.append(f"  {name}: ARR {money(sums.arr_minor, currency)}, {sums.lines:,} lines")
    lines += [f"Not converted: ARR {money(s.arr_minor, c)}" for c, s in totals.unconverted.items()]
    return "\n".join(lines)
