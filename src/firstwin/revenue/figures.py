"""ARR and MRR on any day, of any set of accounts, as it is or as it was known.

On a day count the pieces of lines in force on it; removed accounts are left out. Sums are of whole minor units in the
database, per account and currency; each is converted by itself at the latest rate up to the day, then summed, so that
accounts always make up the total. What has no rate is never summed but told apart.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count, Sum

from firstwin.accounts.scope import AccountSet
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
    return _lines(accounts, known_by).in_force(on)


def _lines(accounts: AccountSet, known_by: datetime | None) -> SubscriptionLineQuerySet:
    rows = SubscriptionLine.objects.all()
    known = rows.standing() if known_by is None else rows.known_by(known_by)
    return known.filter(accounts.q("account_id"), account__removed_at__isnull=True)


def arr_on(accounts: AccountSet, on: date, *, known_by: datetime | None = None) -> Totals:
    """What these accounts pay a month and a year on the day, all in all."""
    rows = lines_in_force(accounts, on, known_by).order_by()
    ours = Conversion(on).currency
    billed = {
        currency: Sums(n, mrr, arr)
        for currency, n, mrr, arr in rows.values_list("currency").annotate(
            n=Count("pk"), mrr=Sum("mrr_minor"), arr=Sum("arr_minor")
        )
    }
    counted = rows.aggregate(n=Count("account_id", distinct=True))["n"]
    # Our own currency needs no rounding: its accounts need not be told apart.
    parts = [billed[ours]] if ours in billed else []
    unconverted: dict[str, Sums] = {}
    for _, sums, missing in converted(_by_account(rows.exclude(currency=ours)), on):
        parts.append(sums)
        for currency, left in missing.items():
            unconverted[currency] = unconverted.get(currency, Sums()) + left
    total = sum(parts, Sums())
    return Totals(
        on, ours, counted, sum(one.lines for one in billed.values()), total.mrr_minor, total.arr_minor,
        dict(sorted(billed.items())), dict(sorted(unconverted.items())),
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
    """(account, currency, lines, mrr, arr), the accounts together."""
    summed = rows.order_by("account_id").values_list("account_id", "currency")
    return iter(summed.annotate(n=Count("pk"), mrr=Sum("mrr_minor"), arr=Sum("arr_minor")).iterator(chunk_size=20_000))


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


def arr_series(accounts: AccountSet, days: Sequence[date], *, known_by: datetime | None = None) -> list[Totals]:
    """`arr_on` for each of these days (rising), in one pass over the lines instead of one per day."""
    if not days:
        return []
    ours = str(settings.FIRSTWIN_CURRENCY)
    rows = _lines(accounts, known_by).filter(starts_on__lte=days[-1]).exclude(ends_on__lte=days[0])
    points = [_Point() for _ in days]
    summed = rows.order_by("account_id").values_list("account_id", "currency", "starts_on", "ends_on")
    pieces = summed.annotate(n=Count("pk"), mrr=Sum("mrr_minor"), arr=Sum("arr_minor")).iterator(chunk_size=20_000)
    conversions = [Conversion(day) for day in days]
    places = _places(days)
    for some in _together(pieces):
        _lay(some, places, points, conversions)
    return [
        Totals(day, ours, point.accounts, point.lines, point.mrr, point.arr,
               dict(sorted(point.billed.items())), dict(sorted(point.unconverted.items())))
        for day, point in zip(days, points, strict=True)
    ]  # fmt: skip


@dataclass
class _Point:
    accounts: int = 0
    lines: int = 0
    mrr: int = 0
    arr: int = 0
    billed: dict[str, Sums] = field(default_factory=dict)
    unconverted: dict[str, Sums] = field(default_factory=dict)


def _places(days: Sequence[date]) -> Any:
    """A day → the place of the first of `days` on or after it, remembered."""
    return lru_cache(maxsize=10_000)(lambda day: len(days) if day is None else bisect_left(days, day))


def _together(pieces: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    """The pieces of one account at a time."""
    some: list[tuple[Any, ...]] = []
    for piece in pieces:
        if some and some[0][0] != piece[0]:
            yield some
            some = []
        some.append(piece)
    if some:
        yield some


def _lay(pieces: list[tuple[Any, ...]], place_of: Any, points: list[_Point], conversions: list[Conversion]) -> None:
    """Add one account's pieces to every point they are in force on."""
    sums: dict[tuple[int, str], list[int]] = {}
    for _, currency, starts_on, ends_on, n, mrr, arr in pieces:
        for place in range(place_of(starts_on), place_of(ends_on)):
            have = sums.get((place, currency))
            if have is None:
                sums[place, currency] = [n, mrr, arr]
            else:
                have[0] += n
                have[1] += mrr
                have[2] += arr
    for place in {place for place, _ in sums}:
        points[place].accounts += 1
    for (place, currency), (n, mrr, arr) in sums.items():
        point, conversion = points[place], conversions[place]
        month, year = conversion.minor(mrr, currency), conversion.minor(arr, currency)
        own = Sums(n, mrr, arr)
        point.lines += n
        point.billed[currency] = point.billed.get(currency, Sums()) + own
        if month is None or year is None:
            point.unconverted[currency] = point.unconverted.get(currency, Sums()) + own
        else:
            point.mrr += month
            point.arr += year
