"""What was bought, set-based: seats in force by product, the products in force, and when being a customer began.

An account has as many seats as its widest product: people of an add-on are people of the plan, so adding the seats of
all products up would count them twice (`revenue.standing` adds up what was bought). Quantities that are no seats
(`Product.unit`) entitle nobody.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import F, Min, Sum

from firstwin.accounts.bulk import among, plain_rows
from firstwin.revenue.models import Charge, Product, SubscriptionLine
from firstwin.usage.metrics.asking import NEVER
from firstwin.usage.metrics.whose import Numbers, Whose, numbers_of

_SERVICE = (Charge.RECURRING, Charge.METERED)
"""What one is a customer of."""

SEATS = "seats"
"""The unit of products that are bought by the person."""


@dataclass(frozen=True, slots=True)
class Bought:
    """By account (its index).  seats: those of its widest product, of paid recurring and metered lines in force; NEVER
    where none says how many.

    started: first day of the first such line ever in force, up to the day; NEVER where there is none.
    account, product, quantity: each product in force, and how many seats of it; NEVER where no line says. Lines without
    a product are product 0.
    """

    seats: Numbers
    started: Numbers
    account: Numbers
    product: Numbers
    quantity: Numbers

    @property
    def by_product(self) -> dict[tuple[int, int], int | None]:
        """(account, product) → seats."""
        rows = zip(self.account.tolist(), self.product.tolist(), self.quantity.tolist(), strict=True)
        return {(account, product): None if many == NEVER else many for account, product, many in rows}


def bought(whose: Whose, on: date, known_by: datetime | None) -> Bought:
    """At the close of the day."""
    rows = paid_lines(whose, known_by)
    account, product, quantity = _in_force(rows, whose, on)
    seats = np.full(len(whose.accounts), NEVER)
    np.maximum.at(seats, account, quantity)
    return Bought(seats, _started(rows, whose, on), account, product, quantity)


def _in_force(rows: Any, whose: Whose, on: date) -> tuple[Numbers, Numbers, Numbers]:
    summed = rows.in_force(on).values_list("account_id", "product_id").annotate(n=Sum("quantity"))
    told = [
        (account, product or 0, NEVER if n is None else int(n)) for account, product, n in plain_rows(summed)
    ]  # fmt: skip
    account, product, quantity = numbers_of(told, 3).T
    account, mine = _indexed(account, whose)
    product, quantity = product[mine], quantity[mine]
    for pk, into in Product.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into"):
        product = np.where(product == pk, into, product)
    no_seats = list(Product.objects.exclude(unit=SEATS).values_list("pk", flat=True))
    quantity = np.where(np.isin(product, no_seats), NEVER, quantity)
    span = int(product.max(initial=0)) + 1
    keys, places = np.unique(account * span + product, return_inverse=True)
    seats, told_of = np.zeros(len(keys), np.int64), quantity != NEVER
    np.add.at(seats, places[told_of], quantity[told_of])
    seats[np.bincount(places[told_of], minlength=len(keys)) == 0] = NEVER
    return keys // span, keys % span, seats


def _started(rows: Any, whose: Whose, on: date) -> Numbers:
    found = np.full(len(whose.accounts), NEVER)
    begun = rows.filter(starts_on__lte=on).exclude(ends_on=F("starts_on"))
    told = plain_rows(begun.values_list("account_id").annotate(first=Min("starts_on")))
    account, mine = _indexed(np.array([pk for pk, _ in told], np.int64), whose)
    days = np.array([first for _, first in told], "datetime64[D]")  # SQLite gives days as text
    found[account] = days.astype(np.int64)[mine]
    return found


def _indexed(ids: Numbers, whose: Whose) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """(the index of each account that is asked for, which ones those are)."""
    if not len(whose.accounts):
        return ids[:0], np.zeros(len(ids), bool)
    index = np.minimum(np.searchsorted(whose.accounts, ids), len(whose.accounts) - 1)
    mine = whose.accounts[index] == ids
    return index[mine], mine


def paid_lines(whose: Whose, known_by: datetime | None) -> Any:
    """Recurring and metered lines that are no trial, as known."""
    rows = SubscriptionLine.objects.all()
    rows = rows.standing() if known_by is None else rows.known_by(known_by)
    if not whose.is_all:
        rows = among(rows, "account_id", whose.accounts.tolist())
    return rows.paid().filter(charge__in=_SERVICE).order_by()


def as_day(value: Any) -> date:
    """SQLite gives days as text."""
    return value if isinstance(value, date) else date.fromisoformat(value)
