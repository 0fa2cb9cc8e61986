"""What event names mean for an account: the core workflows it uses, and when it was activated and first won."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from firstwin.usage.catalogue import Meaning
from firstwin.usage.lake.schema import BLOCK
from firstwin.usage.metrics import bits
from firstwin.usage.metrics.asking import NEVER
from firstwin.usage.metrics.columns import Ints
from firstwin.usage.metrics.opening import Opened, Question
from firstwin.usage.metrics.pairs import count_by
from firstwin.usage.metrics.seats import Bought

DAYS = 28


def core_use(lake: Opened, said: Mapping[int, Meaning], seats: Bought) -> tuple[Ints, Ints]:
    """(core workflows used in 28 days, core workflows there are) by account.

    Those of the products in force count, of all products where none is in force; those of no product always.
    """
    n = len(lake.whose.accounts)
    core = _core(said)
    by_product = Counter(core.values())
    has = _in_force(n, seats, sorted({0, *by_product}))
    product_of = {product: place for place, product in enumerate(sorted({0, *by_product}))}
    sizes = np.array([by_product[product] for product in product_of], np.int64)
    total = (has * sizes).sum(axis=1)
    if not core:
        return np.zeros(n, np.int64), total
    asked = lake.ask("features", **_of_core(lake, core))
    account = lake.whose.of_places(asked["place"])
    used = (account >= 0) & (bits.window(asked["block"], asked["mask"], last=lake.day, days=DAYS) != 0)
    span = max(core) + 1
    keys = np.unique(account[used].astype(np.int64) * span + asked["feature"][used])
    accounts, features = keys // span, keys % span
    lookup = np.zeros(span, np.int64)
    lookup[list(core)] = [product_of[product] for product in core.values()]
    return count_by(accounts[has[accounts, lookup[features]]], n), total


def questions(lake: Opened, said: Mapping[int, Meaning]) -> list[Question]:
    """What the lake is asked."""
    core, meant = _core(said), _meant(said)
    found: list[Question] = [("features", _of_core(lake, core))] if core else []
    return [*found, ("features", _of_meant(lake, meant))] if meant else found


def _core(said: Mapping[int, Meaning]) -> dict[int, int]:
    """Core workflow → product."""
    return {feature: one.product_id or 0 for feature, one in said.items() if one.is_core and not one.is_ignored}


def _meant(said: Mapping[int, Meaning]) -> dict[int, str]:
    return {feature: one.means for feature, one in said.items() if one.means and not one.is_ignored}


def _of_core(lake: Opened, core: Collection[int]) -> dict[str, Any]:
    return {"features": sorted(core), "first": (lake.day - DAYS + 1) // BLOCK, "last": lake.day // BLOCK}


def _of_meant(lake: Opened, meant: Collection[int]) -> dict[str, Any]:
    return {"features": sorted(meant), "first": 0, "last": lake.day // BLOCK}


def _in_force(n: int, seats: Bought, products: list[int]) -> Ints:
    """Account × product: whether its core workflows count."""
    place = {product: at for at, product in enumerate(products)}
    has = np.zeros((n, len(products)), bool)
    buys = np.zeros(n, bool)
    buys[seats.account[seats.product > 0]] = True
    for product, at in place.items():
        has[seats.account[seats.product == product], at] = True
    has[~buys] = True
    has[:, place[0]] = True
    return has


@dataclass(frozen=True, slots=True)
class Meant:
    """Use of what means something.  account: its index; feature: its number; day: the first one in that row."""

    account: Ints
    feature: Ints
    day: Ints


def meant_use(lake: Opened, said: Mapping[int, Meaning]) -> Meant:
    meant = _meant(said)
    if not meant:
        none = np.zeros(0, np.int64)
        return Meant(none, none, none)
    asked = lake.ask("features", **_of_meant(lake, meant))
    account = lake.whose.of_places(asked["place"])
    mask = bits.cut(asked["block"], asked["mask"], last=lake.day)
    here = (account >= 0) & (mask != 0)
    return Meant(account[here], asked["feature"][here], bits.first_day(asked["block"][here], mask[here]))


def first_days(use: Meant, said: Mapping[int, Meaning], n: int) -> dict[str, Ints]:
    """`activation`, `first_win` → by account, of `n`, the first day on which an event that means so occurred; NEVER
    where there was none."""
    meant = _meant(said)
    found = {means: np.full(n, NOT_YET) for means in MEANT}
    for means, first in found.items():
        some = np.isin(use.feature, [number for number, said_of in meant.items() if said_of == means])
        np.minimum.at(first, use.account[some], use.day[some])
    return {means: np.where(first == NOT_YET, NEVER, first) for means, first in found.items()}


def products_without_win(use: Meant, said: Mapping[int, Meaning], seats: Bought) -> Ints:
    """By account, how many of its products in force had no first win. NEVER where none of them can have one.

    A product has its first win by its own events that mean so, by those of no product where it has none of its own;
    where there are none either, it has nothing to wait for.
    """
    n = len(seats.seats)
    won = product_days(use, said, seats, "first_win")
    asked = won != NEVER
    waiting = np.bincount(seats.account[asked & (won == NOT_YET)], minlength=n)
    return np.where(np.bincount(seats.account[asked], minlength=n) > 0, waiting, NEVER)


def product_days(use: Meant, said: Mapping[int, Meaning], seats: Bought, means: str) -> Ints:
    """By product in force, in the order of `seats`, the first day of what means so for it: NOT_YET where it has not
    occurred, NEVER where nothing means so for the product."""
    by_product: dict[int, list[int]] = {}
    for feature, said_of in _meant(said).items():
        if said_of == means:
            by_product.setdefault(said[feature].product_id or 0, []).append(feature)
    has_own = np.isin(seats.product, [product for product in by_product if product])
    found = np.full(len(seats.product), NEVER)
    for product, features in by_product.items():
        first = np.full(len(seats.seats), NOT_YET)
        some = np.isin(use.feature, features)
        np.minimum.at(first, use.account[some], use.day[some])
        here = seats.product == product if product else ~has_own
        found[here] = first[seats.account[here]]
    return found


MEANT = ("activation", "first_win")

NOT_YET = int(np.iinfo(np.int64).max)
