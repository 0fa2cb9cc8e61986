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

from firstwin.accounts.bulk import among
from firstwin.revenue.models import Charge, Product, SubscriptionLine
from firstwin.usage.metrics.asking import NEVER
from firstwin.usage.metrics.lines import Lines, read_lines
from firstwin.usage.metrics.reading import SEATS
from firstwin.usage.metrics.whose import Numbers, Whose, numbers_of, streamed

_SERVICE = (Charge.RECURRING, Charge.METERED)
"""What one is a customer of."""


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
    summed = rows.in_force(on).values_list("account_id", "product_id").annotate(n=Sum("quantity"))
    told = ((account, product or 0, NEVER if n is None else int(n)) for account, product, n in streamed(summed))
    account, product, quantity = numbers_of(told, 3).T
    begun = rows.filter(starts_on__lte=on).exclude(ends_on=F("starts_on"))
    customers, days = [], []
    for pk, first in streamed(begun.values_list("account_id").annotate(first=Min("starts_on"))):
        customers.append(pk)
        days.append(first)
    began = np.array(days, "datetime64[D]").astype(np.int64)  # SQLite gives days as text
    return _bought(whose, account, product, quantity, np.array(customers, np.int64), began)


def lines_of(whose: Whose, until: date) -> Lines:
    """All there ever was to know of those that begin up to a day: for `bought_of` many days."""
    return read_lines(_paid(SubscriptionLine.objects.filter(starts_on__lte=until), whose))


def bought_of(lines: Lines, whose: Whose, on: date, known_by: datetime | None) -> Bought:
    """What `bought` says."""
    known = lines.known_by(known_by)
    here, begun = known & lines.in_force(on), known & lines.begun(on)
    return _bought(
        whose, lines.account[here], lines.product[here], lines.quantity[here], lines.account[begun], lines.starts[begun]
    )


def _bought(
    whose: Whose, account: Numbers, product: Numbers, quantity: Numbers, customer: Numbers, began: Numbers
) -> Bought:
    """account, product, quantity: of lines in force, or of some together.  customer, began: first days of lines."""
    account, product, quantity = _by_product(whose, account, product, quantity)
    seats, started = np.full(len(whose.accounts), NEVER), np.full(len(whose.accounts), _FAR)
    np.maximum.at(seats, account, quantity)
    customer, mine = _indexed(customer, whose)
    np.minimum.at(started, customer, began[mine])
    return Bought(seats, np.where(started == _FAR, NEVER, started), account, product, quantity)


_FAR = int(np.iinfo(np.int64).max)


def _by_product(whose: Whose, account: Numbers, product: Numbers, quantity: Numbers) -> tuple[Numbers, ...]:
    """Each account's products once, as they stand today, with their seats."""
    account, mine = _indexed(account, whose)
    product, quantity = product[mine], quantity[mine]
    merged = Product.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into_id")
    for pk, into in dict(merged).items():
        product = np.where(product == pk, np.int64(into or 0), product)
    no_seats = list(Product.objects.exclude(unit=SEATS).values_list("pk", flat=True))
    quantity = np.where(np.isin(product, no_seats), NEVER, quantity)
    span = int(product.max(initial=0)) + 1
    keys, places = np.unique(account * span + product, return_inverse=True)
    seats, told_of = np.zeros(len(keys), np.int64), quantity != NEVER
    np.add.at(seats, places[told_of], quantity[told_of])
    seats[np.bincount(places[told_of], minlength=len(keys)) == 0] = NEVER
    return keys // span, keys % span, seats


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
    return _paid(rows.standing() if known_by is None else rows.known_by(known_by), whose)


def _paid(rows: Any, whose: Whose) -> Any:
    if not whose.is_all:
        rows = among(rows, "account_id", whose.accounts.tolist())
    return rows.paid().filter(charge__in=_SERVICE).order_by()


def as_day(value: Any) -> date:
    """SQLite gives days as text."""
    return value if isinstance(value, date) else date.fromisoformat(value)
