"""What is counted while events are stored: by source and hour, by place, by event name. Repeated events count as such
and nowhere else."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import connections, models

from firstwin.usage.compact.hours import HOUR, Counts, Hour, add_hours
from firstwin.usage.compact.looking import moments_given, rows_among
from firstwin.usage.compact.matching import touch
from firstwin.usage.store.models import EventName, Place
from firstwin.usage.store.router import EVENTS


@dataclass(slots=True)
class Spans:
    """Numbers with how many events they had, and the first and last of them."""

    numbers: list[int] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Tallies:
    hours: dict[Hour, Counts]
    places: Spans
    features: Spans

    def add(self, *, now: Any) -> None:
        """Add to what was counted before. Within the transaction that stores the events."""
        add_hours(self.hours)
        _add_spans(Place, self.places)
        _add_spans(EventName, self.features)
        accounts = rows_among(Place.objects.filter(account__isnull=False), "id", self.places.numbers, "account")
        touch({account for (account,) in accounts}, now=now)


def tallies_of(
    table: pa.Table, is_new: npt.NDArray[np.bool_], arrived: Iterable[Hour], refused: Iterable[Hour]
) -> Tallies:
    """table: rows of the schema of events.  arrived, refused: the source and hour of each batch and each refusal."""
    hours = _hours(table, is_new)
    for hour in arrived:
        hours.setdefault(hour, Counts()).batches += 1
    for hour in refused:
        hours.setdefault(hour, Counts()).rejected += 1
    place, feature, counts, ts = (_numbers(table, name)[is_new] for name in ("place", "feature", "count", "ts"))
    return Tallies(hours, _spans(place, counts, ts), _spans(feature, counts, ts))


def _numbers(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    column = table.column(name)
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    found: npt.NDArray[np.int64] = column.to_numpy()
    return found


def _hours(table: pa.Table, is_new: npt.NDArray[np.bool_]) -> dict[Hour, Counts]:
    sources, received = _numbers(table, "source"), _numbers(table, "received")
    hour = received // HOUR
    lag = np.maximum(received - _numbers(table, "ts"), 0) // 1_000
    lag[_numbers(table, "run") > 0] = 0  # what a file tells of the past did not arrive late
    place, is_late = _numbers(table, "place"), _numbers(table, "known_on") > 0
    known = [
        pk for (pk,) in rows_among(Place.objects.filter(account__isnull=False), "id", np.unique(place).tolist(), "pk")
    ]
    is_lost = ~np.isin(place, known)
    found: dict[Hour, Counts] = {}
    for source in np.unique(sources):
        of_source = sources == source
        for one in np.unique(hour[of_source]):
            rows = of_source & (hour == one)
            new = rows & is_new
            found[int(source), int(one)] = Counts(
                events=int(new.sum()),
                repeated=int(rows.sum() - new.sum()),
                unresolved=int((new & is_lost).sum()),
                late=int((new & is_late).sum()),
                lag_ms=int(lag[new].sum()),
                lag_max_ms=int(lag[new].max(initial=0)),
                last=int(received[rows].max()),
            )
    return found


def _spans(numbers: npt.NDArray[np.int64], counts: npt.NDArray[np.int64], ts: npt.NDArray[np.int64]) -> Spans:
    is_one = numbers > 0
    distinct, where = np.unique(numbers[is_one], return_inverse=True)
    events = np.zeros(len(distinct), dtype=np.int64)
    first = np.full(len(distinct), np.iinfo(np.int64).max)
    last = np.full(len(distinct), np.iinfo(np.int64).min)
    np.add.at(events, where, counts[is_one])
    np.minimum.at(first, where, ts[is_one])
    np.maximum.at(last, where, ts[is_one])
    return Spans(distinct.tolist(), events.tolist(), first.tolist(), last.tolist())


def _add_spans(model: type[models.Model], spans: Spans) -> None:
    connection = connections[EVENTS]
    least, most = ("least", "greatest") if connection.vendor == "postgresql" else ("min", "max")
    sql = (  # our own names
        f"update {connection.ops.quote_name(model._meta.db_table)} set events = events + %s, "  # noqa: S608
        f"first_at = {least}(first_at, %s), last_at = {most}(last_at, %s) where id = %s"
    )
    rows = zip(spans.events, moments_given(spans.first), moments_given(spans.last), spans.numbers, strict=True)
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))
