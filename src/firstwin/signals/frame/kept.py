"""Answers that are asked again: so many of the latest that memory holds them."""

from collections import OrderedDict
from typing import Any

FEWEST, MOST = 80, 20_000
CELLS = 5_000_000
"""Accounts times answers that are kept, about."""


class Kept:
    """most: answers; beyond these, the one that was asked longest ago goes."""

    def __init__(self, accounts: int) -> None:
        self.most = min(max(CELLS // max(accounts, 1), FEWEST), MOST)
        self._held: OrderedDict[Any, Any] = OrderedDict()

    def get(self, key: Any) -> Any:
        """None where it is not known (any more)."""
        if key not in self._held:
            return None
        self._held.move_to_end(key)
        return self._held[key]

    def has(self, key: Any) -> bool:
        return key in self._held

    def put(self, key: Any, answer: Any) -> None:
        self._held[key] = answer
        self._held.move_to_end(key)
        while len(self._held) > self.most:
            self._held.popitem(last=False)
