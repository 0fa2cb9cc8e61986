"""What was bought, set-based: seats in force by product, the products in force, and when being a customer began.

An account has as many seats as its widest product: people of an add-on are people of the plan, so adding the seats of
all products up would count them twice (`revenue.standing` adds up what was bought). Quantities that are no seats
(`Product.unit`) entitle nobody.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db.models import F, Min, Sum

from firstwin.accounts.bulk import among, plain_rows
from firstwin.revenue.models import Charge, Product, SubscriptionLine
from firstwin.usage.lake.days import number_of
from firstwin.usage.metrics.asking import NEVER
from firstwin.usage.metrics.whose import Numbers, Whose

_SERVICE = (Charge.RECURRING, Charge.METERED)
"""What one is a customer of."""

SEATS = "seats"
"""The unit of products that are bought by the person."""


@dataclass(frozen=True, slots=True)
class Bought:
    """By account (its index).  seats: those of its widest product, of paid recurring and metered lines in force; NEVER
    where none says how many.

    started: first day of the first such line ever in force, up to the day; NEVER where there is none.
    by_product: (account, product) → seats; None where no line says how many. Lines without a product are product 0.
    """

    seats: Numbers
    started: Numbers
    by_product: dict[tuple[int, int], int | None] = field(default_factory=dict)


def bought(whose: Whose, on: date, known_by: datetime | None) -> Bought:
    """At the close of the day."""
    rows = paid_lines(whose, known_by)
    seats, started = np.full(len(whose.accounts), NEVER), np.full(len(whose.accounts), NEVER)
    by_product: dict[tuple[int, int], int | None] = {}
    into = dict(Product.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into"))
    no_seats = set(Product.objects.exclude(unit=SEATS).values_list("pk", flat=True))
    index = {account: place for place, account in enumerate(whose.accounts.tolist())}
    summed = rows.in_force(on).values_list("account_id", "product_id").annotate(n=Sum("quantity"))
    for account, product, quantity in plain_rows(summed):
        if account not in index:
            continue
        key = (index[account], into.get(product, product) or 0)
        before = by_product.get(key)
        has_seats = quantity is not None and key[1] not in no_seats
        by_product[key] = int(quantity) + (before or 0) if has_seats else before
    for (place, _), its_seats in by_product.items():
        if its_seats is not None:
            seats[place] = max(int(seats[place]), its_seats)
    begun = rows.filter(starts_on__lte=on).exclude(ends_on=F("starts_on"))
    for account, first in plain_rows(begun.values_list("account_id").annotate(first=Min("starts_on"))):
        if account in index:
            started[index[account]] = number_of(as_day(first))
    return Bought(seats, started, by_product)


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
