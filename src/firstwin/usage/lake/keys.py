"""The keys of all events ever stored, in sorted files: whether a key is among them is answered exactly and for ever.

A file holds n first halves, then n second halves, each as 64-bit little-endian numbers, sorted by (k1, k2). It is read
through memory maps: looking 200,000 sorted keys up among 50 million touches a part of one file's pages.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from firstwin.core.backup.lines import CHUNK
from firstwin.usage.lake import files, pieces
from firstwin.usage.lake.files import Written
from firstwin.usage.store.models import Piece

Keys = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Pair = tuple[Keys, Keys]

AT_ONCE = 2_000_000
"""Keys of all files together that a merge or a check holds in memory."""


def unseen(k1: Keys, k2: Keys) -> Mask:
    """Of rows with these keys, which are the first of their key, here and among all that were ever stored."""
    is_new, order = _first_of_each(k1, k2)
    wanted = order[is_new[order]]  # sorted: neighbours in a file are looked up one after the other
    a, b = k1[wanted], k2[wanted]
    for piece in pieces.standing("keys"):
        if not wanted.size:
            break
        found = is_in(open_keys(piece), a, b)
        if found.any():
            is_new[wanted[found]] = False
            wanted, a, b = wanted[~found], a[~found], b[~found]
    return is_new


def write_keys(k1: Keys, k2: Keys, level: int = 0) -> Written:
    """A file of these keys, in any order."""
    order = _sorted(k1, k2)
    return write_sorted([(k1[order], k2[order])], rows=len(k1), level=level)


def write_sorted(parts: Iterable[Pair], *, rows: int, level: int = 0) -> Written:
    """A file of `rows` keys from parts that follow each other in order."""
    with files.making("keys", "keys") as (file, name):
        at = 0
        for k1, k2 in parts:
            _put(file, k1, at * 8)
            _put(file, k2, (rows + at) * 8)
            at += len(k1)
        if at != rows:
            raise files.Damaged(f"Keys of the lake stand twice: {at:,} where {rows:,} were told.")
        sha256 = _sum_of(file)
    return Written("keys", name, level, rows, rows * 16, sha256, 0, 0)


def open_keys(piece: Piece) -> Pair:
    """Both halves of the keys in a file, mapped into memory. Raises Damaged."""
    path = files.check_there(piece)
    if not piece.rows:
        return np.empty(0, "<u8"), np.empty(0, "<u8")
    both = np.memmap(path, "<u8", "r", shape=(2, piece.rows))
    return both[0], both[1]


def in_parts(found: Pair) -> Iterator[Pair]:
    """Keys of a file in parts of bounded size."""
    for start in range(0, len(found[0]), AT_ONCE):
        yield found[0][start : start + AT_ONCE], found[1][start : start + AT_ONCE]


def in_order(found: Sequence[Pair]) -> Iterator[Pair]:
    """The keys of several files as one sorted stream, in parts of bounded size. A key that stands twice comes once."""
    total = sum(len(k1) for k1, _ in found)
    steps = -(-total // AT_ONCE)
    edges = np.array([(1 << 64) * step // steps for step in range(1, steps)], np.uint64)
    cuts = [[0, *(int(at) for at in np.searchsorted(k1, edges)), len(k1)] for k1, _ in found]
    for step in range(steps):
        slices = [
            (k1[cut[step] : cut[step + 1]], k2[cut[step] : cut[step + 1]])
            for (k1, k2), cut in zip(found, cuts, strict=True)
        ]
        k1, k2 = (np.concatenate([pair[half] for pair in slices]) for half in (0, 1))
        order = _sorted(k1, k2)
        k1, k2 = k1[order], k2[order]
        is_first = np.ones(len(k1), np.bool_)
        is_first[1:] = (k1[1:] != k1[:-1]) | (k2[1:] != k2[:-1])
        yield (k1, k2) if is_first.all() else (k1[is_first], k2[is_first])


def _first_of_each(k1: Keys, k2: Keys) -> tuple[Mask, NDArray[np.intp]]:
    """(which rows come first among those of their key, all rows in the order of their keys)"""
    order = _sorted(k1, k2)
    a, b = k1[order], k2[order]
    is_repeat = np.zeros(len(order), np.bool_)
    is_repeat[1:] = (a[1:] == a[:-1]) & (b[1:] == b[:-1])
    is_new = np.ones(len(order), np.bool_)
    is_new[order[is_repeat]] = False
    return is_new, order


def _sorted(k1: Keys, k2: Keys) -> NDArray[np.intp]:
    """The order of keys, stable. Few first halves are equal, so the second ones are looked at only where they are."""
    order = np.argsort(k1, kind="stable")
    a = k1[order]
    tied = np.flatnonzero(a[1:] == a[:-1])
    if tied.size and (k2[order[tied]] != k2[order[tied + 1]]).any():  # else they are repetitions, in order already
        rows = np.union1d(tied, tied + 1)
        part = order[rows]
        order[rows] = part[np.lexsort((k2[part], k1[part]))]
    return order


def is_in(stored: Pair, k1: Keys, k2: Keys) -> Mask:
    """Which of these keys are among the stored ones; both are sorted."""
    s1, s2 = stored
    found = np.zeros(len(k1), np.bool_)
    if not len(s1):
        return found
    at = _places(s1, k1)
    near = np.minimum(at, len(s1) - 1)
    open_ = np.flatnonzero((at < len(s1)) & (s1[near] == k1))
    found[open_] = s2[at[open_]] == k2[open_]
    for row in open_[~found[open_]]:  # the first half is there with another second one: rare, so one by one
        end = np.searchsorted(s1, k1[row], "right")
        second = s2[at[row] : end]
        place = np.searchsorted(second, k2[row])
        found[row] = place < len(second) and second[place] == k2[row]
    return found


def _places(stored: Keys, wanted: Keys) -> NDArray[np.intp]:
    """Where each of the wanted stands or would stand. Some neighbours at a time: they meet the same part of a file,
    which stays in the processor's cache."""
    if len(stored) < _LARGE:
        return np.searchsorted(stored, wanted)
    found = np.empty(len(wanted), np.intp)
    edges = [*np.searchsorted(stored, wanted[::_NEIGHBOURS]).tolist(), len(stored)]
    for place, (low, high) in enumerate(pairwise(edges)):
        rows = slice(place * _NEIGHBOURS, (place + 1) * _NEIGHBOURS)
        found[rows] = stored[low:high].searchsorted(wanted[rows]) + low
    return found


_NEIGHBOURS, _LARGE = 512, 1 << 19


def _put(file: BinaryIO, keys: Keys, offset: int) -> None:
    data = memoryview(np.ascontiguousarray(keys, "<u8").view(np.uint8))  # type: ignore[arg-type]
    while data:
        done = os.pwrite(file.fileno(), data, offset)
        data, offset = data[done:], offset + done


def _sum_of(file: BinaryIO) -> str:
    summed = hashlib.sha256()
    file.seek(0)
    while data := file.read(CHUNK):
        summed.update(data)
    return summed.hexdigest()
