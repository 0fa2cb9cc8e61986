"""What was decided about use as a table of the lake, and counted by place, name and hour. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from firstwin.demo.usage_days import Days, Ints
from firstwin.demo.usage_events import IDENTIFY, Use
from firstwin.demo.usage_words import FEATURES
from firstwin.usage.lake.schema import EVENTS, What

_WHAT = {"track": What.TRACK, "page": What.PAGE, "screen": What.SCREEN}
_KINDS = np.array([*(_WHAT[feature.kind] for feature in FEATURES), What.IDENTIFY], dtype=np.int8)
"""By place in FEATURES; the last stands for IDENTIFY, which is -1."""

_WITH_PROPERTIES = 3
"""Days before the end whose events carry properties: those that somebody looks at one by one."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One customer's use and its numbers in the store: of its place and of its first actor."""

    place: int
    first_actor: int
    words: str
    use: Use


def table_of(some: Sequence[Placed], features: Sequence[int], source: int, days: Days) -> pa.Table:
    """features: the numbers of the names of FEATURES, in their order."""
    lengths = [len(one.use) for one in some]
    numbers = np.array([*features, 0], dtype=np.int64)
    feature = np.concatenate([one.use.feature for one in some])
    day = np.concatenate([one.use.day for one in some])
    received = np.concatenate([one.use.received for one in some])
    keys = np.concatenate([_keys(one) for one in some], axis=1)
    total = len(feature)
    nothing = pa.nulls(total, pa.int64())
    columns = {
        "place": np.repeat(np.array([one.place for one in some], dtype=np.int64), lengths),
        "actor": np.concatenate([one.use.seat + one.first_actor for one in some]),
        "feature": numbers[feature],
        "what": _KINDS[feature],
        "source": np.full(total, source, dtype=np.int64),
        "ts": pa.array(np.concatenate([one.use.ts for one in some])).cast(pa.timestamp("us")),
        "day": day.astype(np.int32),
        "known_on": _known_on(day, received, days).astype(np.int32),
        "received": pa.array(received).cast(pa.timestamp("us")),
        "k1": keys[0],
        "k2": keys[1],
        "count": np.ones(total, dtype=np.int64),
        "people": nothing,
        "value_micro": nothing,
        "run": np.zeros(total, dtype=np.int64),
        "line": np.zeros(total, dtype=np.int64),
        "props": _props(feature, day, days),
    }
    return pa.table(columns, schema=EVENTS)


def _known_on(day: Ints, received: Ints, days: Days) -> Ints:
    """0 where it arrived on its day or the day after, and for history from before the window."""
    arrived = np.searchsorted(days.starts, received, side="right") - 1 + days.first
    return np.asarray(np.where((arrived - day >= 2) & (day >= days.first), arrived, 0))


def _keys(one: Placed) -> "np.ndarray[tuple[int, int], np.dtype[np.uint64]]":
    """Two halves for each row, from the words that name the customer: the same words, the same keys."""
    digest = blake2b(one.words.encode(), digest_size=16).digest()
    rows = np.arange(len(one.use), dtype=np.uint64)
    return np.stack([_mixed(rows + np.frombuffer(digest[at : at + 8], dtype="<u8")) for at in (0, 8)])


def _mixed(value: "np.ndarray[tuple[int], np.dtype[np.uint64]]") -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
    """Every bit of a number into every other (a common finaliser of 64-bit hashes)."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        value = (value ^ (value >> np.uint64(shift))) * np.uint64(factor)
    return value ^ (value >> np.uint64(31))


def _props(feature: Ints, day: Ints, days: Days) -> pa.Array:
    found = np.full(len(feature), None, dtype=object)
    latest = days.first + len(days) - _WITH_PROPERTIES
    for at in np.nonzero((day >= latest) & (feature != IDENTIFY))[0].tolist():
        number = 10_000 + (at * 7_919) % 80_000
        found[at] = f'{{"id":"WO-{number}","app":"{FEATURES[feature[at]].product[9:]}"}}'
    return pa.array(found, pa.string())
