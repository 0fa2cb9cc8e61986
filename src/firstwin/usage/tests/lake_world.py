"""Events in plain words, and what they add up to, counted in plain Python."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from firstwin.usage.lake.commit import Stored, store
from firstwin.usage.lake.reading import reading
from firstwin.usage.lake.schema import BLOCK, EVENTS, ROLLUPS, SCHEMAS, What

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_FIRST = datetime(1970, 1, 1)

FEATURE_PRODUCTS = {1: 7, 2: 8}
"""What the tests say about features: 1 and 2 belong to products, 3 is noise, the others are plain use."""


@dataclass(frozen=True)
class Event:
    key: int
    place: int = 1
    actor: int = 1
    feature: int = 5
    what: int = What.TRACK
    day: int = 20_000
    second: int = 0
    known_on: int = 0
    count: int = 1
    people: int | None = None
    value: int | None = None
    run: int = 0

    @property
    def ts(self) -> datetime:
        return _FIRST + timedelta(days=self.day, seconds=self.second)

    @property
    def block(self) -> int:
        return self.day // BLOCK

    @property
    def bit(self) -> int:
        return 1 << (self.day % BLOCK)


def table_of(events: Sequence[Event]) -> pa.Table:
    columns: dict[str, list[Any]] = {
        "place": [e.place for e in events],
        "actor": [e.actor for e in events],
        "feature": [e.feature for e in events],
        "what": [int(e.what) for e in events],
        "source": [1 for _ in events],
        "ts": [e.ts for e in events],
        "day": [e.day for e in events],
        "known_on": [e.known_on for e in events],
        "received": [e.ts for e in events],
        "k1": [e.key * 0x9E3779B97F4A7C15 % (1 << 64) for e in events],
        "k2": [e.key for e in events],
        "count": [e.count for e in events],
        "people": [e.people for e in events],
        "value_micro": [e.value for e in events],
        "run": [e.run for e in events],
        "line": [0 for _ in events],
        "props": [None for _ in events],
    }
    return pa.table([pa.array(columns[field.name], field.type) for field in EVENTS], schema=EVENTS)


def put(*events: Event, inbox: Sequence[int] = (), now: datetime = NOW) -> Stored:
    return store(table_of(events), inbox_ids=inbox, extra=lambda: None, now=now)


def read(table: str, **options: Any) -> list[tuple[Any, ...]]:
    """What a reader sees of a roll-up, parts of the same row put together."""
    from firstwin.usage.lake.rollups import made_one

    span = {"day_from": -100_000, "day_to": 100_000} | options
    with reading(**span, tables=[table]) as connection:
        columns = ", ".join(SCHEMAS[table].names)
        source = table if table == "events" else f"({made_one(table, table)})"
        rows = connection.execute(f"select {columns} from {source}").fetchall()
    return sorted(rows, key=repr)


def read_all() -> dict[str, list[tuple[Any, ...]]]:
    return {table: read(table) for table in ROLLUPS}


def counted(events: Iterable[Event]) -> dict[str, list[tuple[Any, ...]]]:
    """All roll-ups of these events (each key once), under `FEATURE_PRODUCTS` and feature 3 being noise."""
    kept = {event.key: event for event in events}.values()
    return {
        "actor_blocks": _grouped(kept, _actor_block, _actor_values),
        "feature_blocks": _grouped(kept, _feature_block, _feature_values),
        "place_days": _grouped(kept, _place_day, lambda group: (sum(e.count for e in group),)),
        "feature_days": _grouped(kept, _feature_day, _day_values),
    }


def _is_use(event: Event) -> bool:
    return event.what in (0, 1, 2, 6)


def _is_sum(event: Event) -> bool:
    return event.what == What.AGGREGATE


def _actor_block(e: Event) -> tuple[Any, ...] | None:
    if not _is_use(e) or _is_sum(e) or not e.actor or e.feature == 3:
        return None
    return (e.place, e.actor, FEATURE_PRODUCTS.get(e.feature, 0), e.block, e.known_on)


def _feature_block(e: Event) -> tuple[Any, ...] | None:
    return (e.place, e.feature, e.block, e.known_on, _is_sum(e)) if _is_use(e) else None


def _place_day(e: Event) -> tuple[Any, ...] | None:
    return (e.place, e.day, e.known_on, _is_sum(e)) if _is_use(e) and e.feature != 3 else None


def _feature_day(e: Event) -> tuple[Any, ...] | None:
    return (e.place, e.feature, e.day, e.known_on, _is_sum(e)) if _is_use(e) else None


def _mask(group: Sequence[Event]) -> int:
    mask = 0
    for event in group:
        mask |= event.bit
    return mask


def _actor_values(group: Sequence[Event]) -> tuple[Any, ...]:
    return (_mask(group), min(e.ts for e in group), max(e.ts for e in group))


def _feature_values(group: Sequence[Event]) -> tuple[Any, ...]:
    return (_mask(group), sum(e.count for e in group), min(e.ts for e in group), max(e.ts for e in group))


def _day_values(group: Sequence[Event]) -> tuple[Any, ...]:
    people = [e.people for e in group if e.people is not None]
    values = [e.value for e in group if e.value is not None]
    return (sum(e.count for e in group), max(people, default=None), sum(values) if values else None)


def _grouped(events: Iterable[Event], key: Any, values: Any) -> list[tuple[Any, ...]]:
    groups: dict[Any, list[Event]] = {}
    for event in events:
        if (name := key(event)) is not None:
            groups.setdefault(name, []).append(event)
    rows = [(*name, *values(group)) for name, group in groups.items()]
    # In the order of the schema: feature_blocks tells whether it is an aggregate last.
    return sorted((_as_schema(row, key) for row in rows), key=repr)


def _as_schema(row: tuple[Any, ...], key: Any) -> tuple[Any, ...]:
    if key is _feature_block:
        return (*row[:4], *row[5:], row[4])
    return row
