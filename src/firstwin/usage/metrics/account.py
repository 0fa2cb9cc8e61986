"""What is said about the use of one account, with what only one account is asked for: peak, products, exhaustion."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from firstwin.core.clock import end_of
from firstwin.revenue.models import Product
from firstwin.science.pace import days_until
from firstwin.usage.lake.days import day_of
from firstwin.usage.lake.schema import BLOCK
from firstwin.usage.metrics import core
from firstwin.usage.metrics.asking import NEVER
from firstwin.usage.metrics.assigned import assigned
from firstwin.usage.metrics.columns import Ints
from firstwin.usage.metrics.opening import Opened, opened
from firstwin.usage.metrics.population import DIGITS, read_columns
from firstwin.usage.metrics.present import present
from firstwin.usage.metrics.reading import ProductUse, Usage
from firstwin.usage.metrics.seats import Bought
from firstwin.usage.metrics.series import active_series
from firstwin.usage.metrics.whose import whose

WEEKS = 12
"""Of which the pace is told."""


def usage_for(account_id: int, on: date, *, known_by: datetime | None = None, now: datetime) -> Usage:
    """One account at the close of `on`, on the same way as all accounts together (`population.usage_of`)."""
    with opened(whose([account_id]), on, known_by=known_by) as lake:
        columns = read_columns(lake)
        usage = _with_assigned(present(columns)[account_id], lake)
        if usage.active_28 is None:
            products = _products(columns.bought, None, lake)
            return replace(usage, products=products)
        history = _History(lake)
        products = _products(columns.bought, history, lake)
        peak, exhausts_on = history.peak(), history.exhausts_on(usage.seats)
    days = [day for day in (exhausts_on, *(one.exhausts_on for one in products)) if day is not None]
    return replace(usage, peak=peak, products=products, exhausts_on=min(days, default=None))


def _with_assigned(usage: Usage, lake: Opened) -> Usage:
    told = assigned(lake.whose.places.tolist(), end_of(lake.on), lake.known_by)
    if told is None:
        return usage
    return replace(usage, assigned=told, reasons={key: why for key, why in usage.reasons.items() if key != "assigned"})


class _History:
    """How many people the account had on each day, by product; None: of all."""

    def __init__(self, lake: Opened) -> None:
        self._day = lake.day
        self._known: dict[int | None, Ints] = {}
        for part in lake.people():
            self._see(part)

    def _see(self, part: Opened) -> None:
        asked = part.ask("people", first=0, last=part.day // BLOCK)
        mine = part.whose.of_places(asked["place"]) >= 0
        human = part.humans(asked["actor"][mine])
        product, block, mask = (asked[name][mine] for name in ("product", "block", "mask"))
        _, series = active_series(human, block, mask, last=part.day)
        self._add(None, series)
        products = np.unique(product).tolist()
        for one in products:
            if len(products) > 1:
                here = product == one
                _, series = active_series(human[here], block[here], mask[here], last=part.day)
            self._add(one, series)

    def _add(self, product: int | None, series: Ints) -> None:
        self._known[product] = _added(self._known.get(product, _NO_DAYS), series)

    def products(self) -> list[int]:
        """Those used in 28 days."""
        return sorted(product for product in self._known if product is not None and self.active(product))

    def active(self, product: int | None) -> int:
        return int(self._series(product)[-1])

    def peak(self, product: int | None = None) -> int:
        return int(self._series(product).max())

    def exhausts_on(self, seats: int | None, product: int | None = None) -> date | None:
        """When as many people come as there are seats, if it goes on as in the last weeks."""
        if not seats:
            return None
        series = self._series(product)
        first = self._day + 1 - len(series)
        used = first + int(np.argmax(series > 0))
        points = [self._day - 7 * week for week in range(WEEKS - 1, -1, -1)]
        days = days_until(seats, [int(series[day - first]) for day in points if day >= used])
        return day_of(self._day) + timedelta(days=days) if days is not None else None

    def _series(self, product: int | None) -> Ints:
        """People active in the 28 days up to each day; the last one is that asked about."""
        return self._known.get(product, _NO_DAYS)


_NO_DAYS = np.zeros(1, np.int64)


def _added(one: Ints, other: Ints) -> Ints:
    """Both end with the same day."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    found = longer.copy()
    found[len(found) - len(shorter) :] += shorter
    return found


def _products(bought: Bought, history: _History | None, lake: Opened) -> tuple[ProductUse, ...]:
    """Those in force and those used in 28 days. Product 0: lines and features without one, where such are sold."""
    sold = {product: seats for (_, product), seats in bought.by_product.items()}
    days = _days(bought, lake)
    used = [product for product in history.products() if product] if history is not None else []
    named = {row.pk: row for row in Product.objects.filter(pk__in={*sold, *used})}
    return tuple(
        replace(_product(one, named.get(one), one in sold, sold.get(one), history), **days.get(one, {}))
        for one in sorted({*sold, *used})
    )


def _days(bought: Bought, lake: Opened) -> dict[int, dict[str, Any]]:
    """Product in force → when it was activated and had its first win."""
    said = lake.meanings()
    use = core.meant_use(lake, said)
    activated, won = (core.product_days(use, said, bought, means).tolist() for means in core.MEANT)
    return {
        product: {
            "activated_on": _day(activated[place]), "first_win_on": _day(won[place]), "can_win": won[place] != NEVER,
        }
        for place, product in enumerate(bought.product.tolist())
    }  # fmt: skip


def _day(number: int) -> date | None:
    return day_of(number) if number not in (NEVER, core.NOT_YET) else None


def _product(
    product: int, row: Product | None, in_force: bool, seats: int | None, history: _History | None
) -> ProductUse:
    active = history.active(product) if history is not None else None
    return ProductUse(
        product_id=product or None,
        key=row.key if row is not None else "",
        name=row.name if row is not None else "No product",
        bought=seats,
        assigned=None,
        active_28=active,
        peak=history.peak(product) if history is not None else None,
        share=round(active / seats, DIGITS) if active is not None and seats else None,
        exhausts_on=history.exhausts_on(seats, product) if history is not None else None,
        in_force=in_force,
    )
