"""How many people were active in the 28 days up to each day, over a whole history, from masks of days."""

from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.usage.lake.schema import BLOCK
from firstwin.usage.metrics import bits
from firstwin.usage.metrics.bits import Ints, Masks

_STEPS = (1, 2, 4, 8, 12)
"""Shifts by which one day reaches the 27 after it."""

_REACH = 28
_CHUNK = 1 << 16


def active_series(
    humans: npt.NDArray[Any], blocks: npt.NDArray[Any], masks: Masks, *, last: int
) -> tuple[int, npt.NDArray[np.int64]]:
    """(first day, distinct humans active in the 28 days up to it and to each day after it, up to `last`).

    One row per human and block, in any order and also in parts; days after `last` are left out.
    """
    masks = bits.cut(blocks, masks, last=last)
    told = masks != 0
    humans, blocks, masks = humans[told], blocks[told], masks[told]
    if not len(masks):
        return last, np.zeros(1, np.int64)
    _, places = np.unique(humans, return_inverse=True)
    first = int(blocks.min())
    carried = np.zeros(int(places.max()) + 1, np.uint64)
    counts: list[Ints] = []
    for block in range(first, last // BLOCK + 1):
        here = blocks == block
        days = np.zeros(len(carried), np.uint64)
        np.bitwise_or.at(days, places[here], masks[here])
        counts.append(_by_bit(_reaching(days) | carried))
        carried = _beyond(days)
    return first * BLOCK, np.concatenate(counts)[: last - first * BLOCK + 1]


def _reaching(days: Masks) -> Masks:
    """Each day and the 27 after it, as far as they lie in the block."""
    for step in _STEPS:
        days = days | (days << np.uint64(step))
    return days


def _beyond(days: Masks) -> Masks:
    """The days of the next block that the last day of this one reaches."""
    highest = bits.last_day(np.zeros(len(days), np.int64), days)
    many = np.maximum(highest + _REACH - BLOCK, 0).astype(np.uint64)
    return (bits.ONE << many) - bits.ONE


def _by_bit(days: Masks) -> Ints:
    """How many have each of the 64 bits."""
    found = np.zeros(BLOCK, np.int64)
    for start in range(0, len(days), _CHUNK):
        some = np.ascontiguousarray(days[start : start + _CHUNK], "<u8")
        told = np.unpackbits(some.view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
        found += told.sum(axis=0, dtype=np.int64)
    return found
