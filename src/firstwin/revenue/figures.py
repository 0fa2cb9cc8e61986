"""ARR and MRR on any day, of any set of accounts, as it is or as it was known.

On a day count the pieces of lines in force on it. An account taken out of the lists counts up to the day before: what
was true of the past stays true. Sums are of whole minor units in the
database, per account and currency; each is converted by itself at the latest rate up to the day, then summed, so that
accounts always make up the total. What has no rate is never summed but told apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Sum

from firstwin.accounts.models import Account
from firstwin.accounts.scope import AccountSet
from firstwin.core.clock import start_of
from firstwin.revenue.conversion import Conversion
from firstwin.revenue.models import SubscriptionLine
from firstwin.revenue.models.line import SubscriptionLineQuerySet


@dataclass(frozen=True)
class Sums:
    """Minor units of one currency.  lines: in force, trials and one-off charges included."""

    lines: int = 0
    mrr_minor: int = 0
    arr_minor: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(self.lines + other.lines, self.mrr_minor + other.mrr_minor, self.arr_minor + other.arr_minor)


@dataclass(frozen=True)
class Totals:
    """mrr_minor, arr_minor: minor units of `currency`, without what is in `unconverted`.

    accounts: with a line in force.  by_currency: as billed.  unconverted: currencies without a rate on that day.
    """

    on: date
    currency: str
    accounts: int
    lines: int
    mrr_minor: int
    arr_minor: int
    by_currency: dict[str, Sums] = field(default_factory=dict)
    unconverted: dict[str, Sums] = field(default_factory=dict)


def lines_in_force(accounts: AccountSet, on: date, known_by: datetime | None = None) -> SubscriptionLineQuerySet:
    """Pieces of lines in force on a day; with `known_by`, as they were known at that moment."""
    # The few that were removed are looked up once, not every account once per line.
    removed = Account.objects.filter(removed_at__lt=start_of(on + timedelta(days=1))).values("pk")
    return known_lines(accounts, known_by).in_force(on).exclude(account_id__in=removed)


def known_lines(accounts: AccountSet, known_by: datetime | None) -> SubscriptionLineQuerySet:
    rows = SubscriptionLine.objects.all()
    known = rows.standing() if known_by is None else rows.known_by(known_by)
    return known.filter(accounts.q("account_id"))


def arr_on(accounts: AccountSet, on: date, *, known_by: datetime | None = None) -> Totals:
    """What these accounts pay a month and a year on the day, all in all."""
    conversion = Conversion(on)
    ours, minor = conversion.currency, conversion.minor
    billed: dict[str, list[int]] = {}
    unconverted: dict[str, Sums] = {}
    counted = mrr = arr = 0
    current: int | None = None
    for account, currency, n, month, year in _by_account(lines_in_force(accounts, on, known_by)):
        if account != current:
            current = account
            counted += 1
        sums = billed.setdefault(currency, [0, 0, 0])
        sums[0] += n
        sums[1] += month
        sums[2] += year
        if currency == ours:  # needs no rounding
            continue
        of_month, of_year = minor(month, currency), minor(year, currency)
        if of_month is None or of_year is None:
            unconverted[currency] = unconverted.get(currency, Sums()) + Sums(n, month, year)
            continue
        mrr += of_month
        arr += of_year
    by_currency = {currency: Sums(*sums) for currency, sums in sorted(billed.items())}
    own = by_currency.get(ours, Sums())
    return Totals(
        on, ours, counted, sum(one.lines for one in by_currency.values()), mrr + own.mrr_minor, arr + own.arr_minor,
        by_currency, dict(sorted(unconverted.items())),
    )  # fmt: skip


def arr_by_account(
    accounts: AccountSet, on: date, *, known_by: datetime | None = None
) -> dict[int, tuple[Sums, dict[str, Sums]]]:
    """Account id → its sums in our currency, and what has no rate. Accounts without a line in force are left out."""
    rows = _by_account(lines_in_force(accounts, on, known_by))
    return {account: (sums, missing) for account, sums, missing in converted(rows, on)}


def arr_by_product(
    accounts: AccountSet, on: date, *, known_by: datetime | None = None
) -> dict[int | None, tuple[Sums, dict[str, Sums]]]:
    """Product id (None: lines without one) → sums in our currency, rounded per account and product."""
    rows = lines_in_force(accounts, on, known_by).order_by().values_list("product_id", "account_id", "currency")
    summed = rows.annotate(n=Count("pk"), mrr=Sum("mrr_minor"), arr=Sum("arr_minor"))
    found: dict[int | None, tuple[Sums, dict[str, Sums]]] = {}
    products: dict[int | None, list[tuple[Any, ...]]] = {}
    for product, *row in summed.iterator():
        products.setdefault(product, []).append(tuple(row))
    for product, some in products.items():
        total, left = Sums(), dict[str, Sums]()
        for _, sums, missing in converted(some, on):
            total += sums
            left |= {currency: left.get(currency, Sums()) + one for currency, one in missing.items()}
        found[product] = (total, left)
    return found


def _by_account(rows: Any) -> Iterator[tuple[Any, ...]]:
    """(account, currency, lines, mrr, arr), the accounts together.

    Straight from the cursor: over all accounts the ORM's own handling of each row takes longer than the database.
    """
    summed = rows.order_by("account_id").values_list("account_id", "currency")
    query = summed.annotate(n=Count("pk"), mrr=Sum("mrr_minor"), arr=Sum("arr_minor")).query
    try:
        sql, values = query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        while some := cursor.fetchmany(20_000):
            if connection.vendor == "sqlite":
                yield from some
            else:  # sums of big integers arrive as decimals
                yield from ((account, currency, n, int(mrr), int(arr)) for account, currency, n, mrr, arr in some)


def converted(rows: Iterable[tuple[Any, ...]], on: date) -> Iterator[tuple[int, Sums, dict[str, Sums]]]:
    """(account, sums in our currency, sums without a rate) of rows (account, currency, lines, mrr, arr)."""
    conversion = Conversion(on)
    current: int | None = None
    lines = mrr = arr = 0
    missing: dict[str, Sums] = {}
    for account, currency, n, month, year in rows:
        if account != current:
            if current is not None:
                yield current, Sums(lines, mrr, arr), missing
            current, lines, mrr, arr, missing = account, 0, 0, 0, {}
        ours, of_year = conversion.minor(month, currency), conversion.minor(year, currency)
        lines += n
        if ours is None or of_year is None:
            missing[currency] = Sums(n, month, year)
            continue
        mrr += ours
        arr += of_year
    if current is not None:
        yield current, Sums(lines, mrr, arr), missing
