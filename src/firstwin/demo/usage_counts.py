"""What the store counts beside the events: by place, by event name, and by hour of arrival."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from firstwin.demo.usage_days import Ints

_HOUR = 3_600_000_000
_HOURS_KEPT = 60 * 24


@dataclass(slots=True)
class Span:
    first: int
    last: int
    events: int

    def add(self, other: "Span") -> None:
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.events += other.events


@dataclass(slots=True)
class Hour:
    events: int = 0
    late: int = 0
    lag: int = 0
    lag_max: int = 0
    last: int = 0


@dataclass(slots=True)
class Counts:
    """Moments are microseconds; hours are counted since 1970, the last sixty days of them."""

    until: int
    places: dict[int, Span] = field(default_factory=dict)
    features: dict[int, Span] = field(default_factory=dict)
    hours: dict[int, Hour] = field(default_factory=dict)
    events: int = 0

    def take(self, table: pa.Table) -> None:
        ts = _moments(table, "ts")
        for spans, name in ((self.places, "place"), (self.features, "feature")):
            _add(spans, _spans(table.column(name).to_numpy(), ts))
        self.features.pop(0, None)
        self.events += table.num_rows
        received, late = _moments(table, "received"), table.column("known_on").to_numpy() > 0
        lately = received // _HOUR >= self.until // _HOUR - _HOURS_KEPT
        self._hours(received[lately], ts[lately], late[lately])

    def _hours(self, received: Ints, ts: Ints, late: Ints) -> None:
        for hour, rows in _groups(received // _HOUR):
            kept, lag = self.hours.setdefault(hour, Hour()), (received[rows] - ts[rows]) // 1_000
            kept.events += len(rows)
            kept.late += int(late[rows].sum())
            kept.lag += int(lag.sum())
            kept.lag_max = max(kept.lag_max, int(lag.max()))
            kept.last = max(kept.last, int(received[rows].max()))


def _moments(table: pa.Table, name: str) -> Ints:
    return np.asarray(table.column(name).cast(pa.int64()).to_numpy())


def _spans(keys: Ints, ts: Ints) -> dict[int, Span]:
    return {key: Span(int(ts[rows].min()), int(ts[rows].max()), len(rows)) for key, rows in _groups(keys)}


def _groups(keys: Ints) -> list[tuple[int, Ints]]:
    order = np.argsort(keys, kind="stable")
    values, starts = np.unique(keys[order], return_index=True)
    return list(zip(values.tolist(), np.split(order, starts[1:]), strict=True)) if len(keys) else []


def _add(spans: dict[int, Span], more: Mapping[int, Span]) -> None:
    for key, span in more.items():
        if key in spans:
            spans[key].add(span)
        else:
            spans[key] = span
