"""How much of each product is in force, and at whom: for the pages of the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, Q, Sum

from firstwin.accounts.scope import AccountSet
from firstwin.core.money import Money
from firstwin.revenue.figures import Sums, arr_by_product, converted, lines_in_force
from firstwin.revenue.models import Charge, Product

_PAID = Q(is_trial=False, charge__in=(Charge.RECURRING, Charge.METERED))
MOST = 20


@dataclass(frozen=True)
class Sold:
    """In force on a day. arr: what has a rate; without_rate: what has none, in its own currency."""

    lines: int = 0
    accounts: int = 0
    seats: int | None = None
    arr: Money | None = None
    without_rate: Sequence[Money] = ()


@dataclass(frozen=True)
class Holder:
    """An account with lines of a product in force."""

    key: str
    name: str
    lines: int
    seats: int | None
    arr: Money
    without_rate: Sequence[Money]


def sold(accounts: AccountSet, on: date) -> dict[int | None, Sold]:
    """Product id (None: lines without one) → what is in force. Two reads, and one for each foreign currency."""
    rows = lines_in_force(accounts, on).order_by().values_list("product_id")
    counted = rows.annotate(n=Count("pk"), at=Count("account_id", distinct=True), seats=Sum("quantity", filter=_PAID))
    sums = arr_by_product(accounts, on)
    return {pk: Sold(n, at, seats, *_money(*sums[pk])) for pk, n, at, seats in counted}


def holders(product: Product, accounts: AccountSet, on: date) -> list[Holder]:
    """The accounts with lines of it in force, the dearest first."""
    rows = lines_in_force(accounts, on).filter(product=product).order_by("account_id")
    counted = rows.values_list("account_id", "account__key", "account__name")
    told = {
        pk: (key, name, n, seats)
        for pk, key, name, n, seats in counted.annotate(n=Count("pk"), seats=Sum("quantity", filter=_PAID))
    }
    summed = rows.values_list("account_id", "currency")
    sums = converted(summed.annotate(n=Count("pk"), mrr=Sum("mrr_minor"), arr=Sum("arr_minor")), on)
    found = [Holder(*told[pk], *_money(whole, missing)) for pk, whole, missing in sums]
    return sorted(found, key=lambda one: (-one.arr.minor, one.name))[:MOST]


def _money(whole: Sums, missing: Mapping[str, Sums]) -> tuple[Money, Sequence[Money]]:
    left = tuple(Money(sums.arr_minor, currency) for currency, sums in sorted(missing.items()) if sums.arr_minor)
    return Money(whole.arr_minor, str(settings.FIRSTWIN_CURRENCY)), left
