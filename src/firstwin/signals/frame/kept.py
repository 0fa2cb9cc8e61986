"""Answers that are asked again: so many of the latest that memory holds them."""

from collections import OrderedDict
from typing import Any

MOST = 400
"""Answers kept at least; beyond these, the one that was asked longest ago goes."""


class Kept:
    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[Any, Any] = OrderedDict()

    def get(self, key: Any) -> Any:
        """None where it is not known (any more)."""
        if key not in self._held:
            return None
        self._held.move_to_end(key)
        return self._held[key]

    def put(self, key: Any, answer: Any) -> None:
        self._held[key] = answer
        self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)
