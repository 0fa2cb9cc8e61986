"""What event names mean for an account: the core workflows it uses, and when it was activated and first won."""

from collections import Counter
from collections.abc import Collection, Mapping
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


def first_days(lake: Opened, said: Mapping[int, Meaning]) -> dict[str, Ints]:
    """`activation`, `first_win` → by account, the first day on which an event that means so occurred; NEVER where there
    was none."""
    meant = _meant(said)
    found = {means: np.full(len(lake.whose.accounts), _FAR) for means in ("activation", "first_win")}
    if meant:
        asked = lake.ask("features", **_of_meant(lake, meant))
        account = lake.whose.of_places(asked["place"])
        mask = bits.cut(asked["block"], asked["mask"], last=lake.day)
        here = (account >= 0) & (mask != 0)
        account, feature = account[here], asked["feature"][here]
        days = bits.first_day(asked["block"][here], mask[here])
        for means, first in found.items():
            some = np.isin(feature, [number for number, said_of in meant.items() if said_of == means])
            np.minimum.at(first, account[some], days[some])
    return {means: np.where(first == _FAR, NEVER, first) for means, first in found.items()}


_FAR = int(np.iinfo(np.int64).max)
