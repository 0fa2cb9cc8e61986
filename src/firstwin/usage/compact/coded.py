"""A column of texts as its distinct texts and the place of each row's text among them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

Numbers = npt.NDArray[np.int64]

_LATEST = np.iinfo(np.int64).max


@dataclass(slots=True)
class Coded:
    """keys: distinct, in the order in which they first stand in a row.  rows: the place of each row's; −1 for none."""

    keys: list[Any]
    rows: Numbers

    def at(self, row: int) -> Any:
        place = int(self.rows[row])
        return None if place < 0 else self.keys[place]

    def firsts(self, ts: Numbers) -> Numbers:
        """The earliest moment of each key."""
        first = np.full(len(self.keys), _LATEST, dtype=np.int64)
        has_key = self.rows >= 0
        np.minimum.at(first, self.rows[has_key], ts[has_key])
        return first

    def spread(self, numbers: Numbers) -> Numbers:
        """The number of each row's key; 0 where it has none.  numbers: one of each key."""
        found: Numbers = np.append(numbers, 0)[self.rows]
        return found

    def among(self, is_kept: npt.NDArray[np.bool_]) -> "Coded":
        """Of some rows."""
        return in_order(self.keys.__getitem__, self.rows[is_kept])

    def changed(self, keys: Sequence[Any]) -> "Coded":
        """With other keys in the place of these: None takes one away, and those that are equal become one."""
        if keys == self.keys:
            return self
        found = coded(keys)
        return Coded(found.keys, np.append(found.rows, -1)[self.rows])


def coded(values: Sequence[Any]) -> Coded:
    """None, and what was not set, is no key."""
    keys = list(dict.fromkeys(values))
    places: dict[Any, int] = dict(zip(keys, range(len(keys)), strict=True))
    if None in places or UNSET in places:
        keys = [key for key in keys if key is not None and key is not UNSET]
        places = dict(zip(keys, range(len(keys)), strict=True)) | {None: -1, UNSET: -1}
    if len(places) == 1 or not keys:
        return Coded(keys, np.full(len(values), 0 if keys else -1, dtype=np.int64))
    return Coded(keys, np.fromiter(map(places.__getitem__, values), dtype=np.int64, count=len(values)))


def in_order(key_of: Callable[[int], Any], rows: Numbers) -> Coded:
    """rows: numbers of keys, −1 for none.  key_of: number → key."""
    most = int(rows.max(initial=-1))
    if most < 4 * len(rows):  # else marking them all takes longer than sorting the rows
        return _few_in_order(key_of, rows, most)
    distinct, first, where = np.unique(rows, return_index=True, return_inverse=True)
    order = np.argsort(np.where(distinct < 0, -1, first))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    has_none = bool(len(distinct)) and distinct[0] < 0  # then that comes first
    keys = [key_of(number) for number in distinct[order].tolist() if number >= 0]
    return Coded(keys, place[where] - has_none)


def _few_in_order(key_of: Callable[[int], Any], rows: Numbers, most: int) -> Coded:
    """As `in_order`, where no number is above `most`."""
    first = np.full(most + 2, len(rows), dtype=np.int64)  # the last is that of −1
    first[rows[::-1]] = np.arange(len(rows))[::-1]  # of several the one written last stays, and that is the first
    first[-1] = len(rows)
    distinct = np.argsort(first, kind="stable")[: np.count_nonzero(first < len(rows))]
    place = np.full(most + 2, -1, dtype=np.int64)
    place[distinct] = np.arange(len(distinct))
    return Coded(list(map(key_of, distinct.tolist())), place[rows])
