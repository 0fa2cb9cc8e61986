"""Masks of days: block b holds the days 64 b … 64 b + 63, its bit n stands for day 64 b + n."""

import numpy as np
import numpy.typing as npt

from firstwin.usage.lake.schema import BLOCK

Masks = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

ONE = np.uint64(1)
ALL = (1 << BLOCK) - 1


def up_to(day: int) -> int:
    """The bits of a day's block that stand for it and the days before it."""
    return ALL >> (BLOCK - 1 - day % BLOCK)


def window(blocks: npt.NDArray[np.integer], masks: Masks, *, last: int, days: int) -> Masks:
    """Each mask as the days of a window of at most 64: bit 0 is its first day, bit days - 1 the day `last`."""
    found = np.zeros(len(masks), np.uint64)
    for block in range((last - days + 1) // BLOCK, last // BLOCK + 1):
        here = blocks == block
        moved = block * BLOCK - (last - days + 1)
        some = masks[here]
        found[here] = some << np.uint64(moved) if moved >= 0 else some >> np.uint64(-moved)
    return found & np.uint64(ALL >> (BLOCK - days))


def cut(blocks: npt.NDArray[np.integer], masks: Masks, *, last: int) -> Masks:
    """Masks without the days after `last`."""
    found = np.where(blocks <= last // BLOCK, masks, np.uint64(0))
    return np.where(blocks == last // BLOCK, found & np.uint64(up_to(last)), found)


def first_day(blocks: npt.NDArray[np.integer], masks: Masks) -> Ints:
    """The earliest day of each mask, none of which may be empty."""
    lowest = masks & (~masks + ONE)
    return blocks.astype(np.int64) * BLOCK + np.bitwise_count(lowest - ONE).astype(np.int64)


def last_day(blocks: npt.NDArray[np.integer], masks: Masks) -> Ints:
    """The latest day of each mask, none of which may be empty."""
    filled = masks.copy()
    for step in (1, 2, 4, 8, 16, 32):
        filled |= filled >> np.uint64(step)
    return blocks.astype(np.int64) * BLOCK + np.bitwise_count(filled).astype(np.int64) - 1
