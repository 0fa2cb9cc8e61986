"""Batches of the inbox as rows of the lake. What they tell about names and people is stored on the way; all of that can
be repeated, so a process that dies before the rows are committed has only done some of the work of the next one."""

import io
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import Error as DatabaseError

from firstwin.usage.compact.columns import KIND, NO_VALUE, Columns, columns_of
from firstwin.usage.compact.debugger import keep_refused
from firstwin.usage.compact.identity import keep_told
from firstwin.usage.compact.knowing import know
from firstwin.usage.compact.numbers import Named, Numbers, actor_numbers, dense, name_numbers, place_numbers, spread
from firstwin.usage.compact.placing import places_at
from firstwin.usage.compact.reading import read_batch
from firstwin.usage.compact.refusals import Code, Refusal
from firstwin.usage.compact.tallies import HOUR, Tallies, tallies_of
from firstwin.usage.compact.telling import Told, other_keys, tell
from firstwin.usage.compact.times import days_of, micros
from firstwin.usage.lake.schema import EVENTS, What
from firstwin.usage.store.models import Inbox
from firstwin.usage.store.models.inbox import Form

logger = logging.getLogger(__name__)

_AT_ONCE = 8_000
"""Events read at once: as objects they take ten times the space of their text."""


@dataclass
class Part:
    """Rows that are ready but for the place of those that named none."""

    columns: Columns
    place: Numbers
    actor: Numbers
    feature: Numbers


@dataclass
class Made:
    """table: rows of the schema of events.  taken: the batches they came from.  failed: batches that could not be read,
    with the reason.  touched_places: places that something was learned about."""

    table: pa.Table
    taken: list[Inbox] = field(default_factory=list)
    failed: list[tuple[Inbox, str]] = field(default_factory=list)
    rejected: list[tuple[int, Refusal]] = field(default_factory=list)
    tallies: Tallies | None = None

    def count(self, is_new: npt.NDArray[np.bool_]) -> None:
        """Count the rows; is_new: which of them are no repetitions."""
        arrived = [(batch.source, micros(batch.received_at) // HOUR) for batch in self.taken]
        refused = [(source, one.received // HOUR) for source, one in self.rejected if not one.is_warning]
        self.tallies = tallies_of(self.table, is_new, arrived, refused)

    def store_beside(self, *, now: datetime) -> None:
        """Everything that is committed together with the rows."""
        if self.tallies is not None:
            self.tallies.add(now=now)
        keep_refused(self.rejected)


def rows_of(batches: Sequence[Inbox], *, now: datetime) -> Made:
    """Read these batches and store what they tell about names and people."""
    made, told, named, parts, tables = Made(EVENTS.empty_table()), Told(), Named(), list[Part](), list[pa.Table]()
    segment = sorted((one for one in batches if one.form == Form.SEGMENT), key=lambda one: (one.source, one.pk))
    for source, own in groupby(segment, key=lambda one: one.source):
        for some in _chunks(list(own)):
            parts += _parts(source, some, told, named, made)
    tables += [table for one in batches if one.form == Form.ARROW for table in _ready(one, made)]
    moved = keep_told(told, now=now)
    know(moved, {int(pk) for part in parts for pk in np.unique(part.place) if pk}, now=now)
    _place(parts)
    tables += [_table(part) for part in parts]
    made.table = pa.concat_tables([made.table, *tables])
    return made


def _chunks(batches: Sequence[Inbox]) -> Iterator[list[Inbox]]:
    some: list[Inbox] = []
    events = 0
    for batch in batches:
        some.append(batch)
        events += batch.events
        if events >= _AT_ONCE:
            yield some
            some, events = [], 0
    if some:
        yield some


def _parts(source: int, batches: list[Inbox], told: Told, named: Named, made: Made) -> list[Part]:
    """The rows of these batches. A batch that nobody can make sense of costs only itself."""
    try:
        part = _part(source, batches, told, named, made)
    except DatabaseError:
        raise  # the database is ill, not the batch
    except Exception as problem:
        if len(batches) > 1:
            return [part for batch in batches for part in _parts(source, [batch], told, named, made)]
        logger.exception("Batch %d of source %d cannot be read.", batches[0].pk, source)
        made.failed.append((batches[0], f"{type(problem).__name__}: {problem}"[:300]))
        return []
    made.taken += batches
    made.rejected += [(source, refusal) for refusal in part.columns.refused]
    return [part]


def _part(source: int, batches: list[Inbox], told: Told, named: Named, made: Made) -> Part:
    columns = columns_of(source, [read_batch(batch, micros(batch.received_at)) for batch in batches])
    group_keys, group_rows, group_first = dense(columns.group, columns.ts)
    places = place_numbers(source, dict(zip(group_keys, group_first.tolist(), strict=True)))
    actors, actor_rows, actor_keys = _actors(source, columns)
    tell(told, columns, actors, places)
    return Part(
        columns,
        place=spread(places, group_keys, group_rows),
        actor=spread(actors, actor_keys, actor_rows),
        feature=_features(source, columns, named, made),
    )


def _actors(source: int, columns: Columns) -> tuple[dict[str, int], Numbers, list[str]]:
    """(key → number, the place of each row's key among the keys, the keys)"""
    said = [
        f"u:{user}" if user is not None else None if anonymous is None else f"a:{anonymous}"
        for user, anonymous in zip(columns.user, columns.anonymous, strict=True)
    ]
    keys, rows, first = dense(said, columns.ts)
    firsts = dict(zip(keys, first.tolist(), strict=True))
    for key, at in other_keys(columns).items():
        firsts[key] = min(at, firsts.get(key, at))
    return actor_numbers(source, firsts), rows, keys


def _features(source: int, columns: Columns, named: Named, made: Made) -> Numbers:
    kinds = [KIND.get(What(what), "") for what in columns.what.tolist()]
    said = [(kind, name) if kind and name else None for kind, name in zip(kinds, columns.name, strict=True)]
    keys, rows, first = dense(said, columns.ts)
    name_numbers(dict(zip(keys, first.tolist(), strict=True)), named)
    if named.beyond:
        beyond = [place for place, key in enumerate(keys) if key in named.beyond]
        received = columns.received[np.isin(rows, beyond)].tolist()
        warnings = [Refusal(Code.TOO_MANY_NAMES, at, b"", event="(other)", is_warning=True) for at in received]
        made.rejected += [(source, warning) for warning in warnings]
    return spread(named.numbers, keys, rows)


def _place(parts: Sequence[Part]) -> None:
    """Events that name no customer belong to where their actor was."""
    for part in parts:
        rows = np.flatnonzero((part.place == 0) & (part.actor > 0))
        if len(rows):
            part.place[rows] = places_at(part.actor[rows], part.columns.ts[rows])


def _table(part: Part) -> pa.Table:
    columns = part.columns
    size = len(columns.ts)
    day, arrived = days_of(columns.ts), days_of(columns.received)
    zeros = np.zeros(size, dtype=np.int64)
    found = {
        "place": part.place,
        "actor": part.actor,
        "feature": part.feature,
        "what": columns.what,
        "source": np.full(size, columns.source, dtype=np.int64),
        "ts": columns.ts.astype("datetime64[us]"),
        "day": day,
        "known_on": np.where(arrived > day + 1, arrived, 0).astype(np.int32),
        "received": columns.received.astype("datetime64[us]"),
        "k1": np.ascontiguousarray(columns.keys[:, 0]),
        "k2": np.ascontiguousarray(columns.keys[:, 1]),
        "count": np.ones(size, dtype=np.int64),
        "people": pa.nulls(size, pa.int64()),
        "value_micro": pa.array(columns.value, mask=columns.value == NO_VALUE),
        "run": zeros,
        "line": zeros,
        "props": columns.props,
    }
    return pa.table(found, schema=EVENTS)


def _ready(batch: Inbox, made: Made) -> list[pa.Table]:
    """Rows that were made elsewhere."""
    try:
        with pa.ipc.open_stream(io.BytesIO(bytes(batch.body))) as stream:
            table = stream.read_all().select(EVENTS.names).cast(EVENTS)
    except (pa.ArrowException, KeyError, ValueError) as problem:
        logger.exception("Batch %d of run %d cannot be read.", batch.pk, batch.run)
        made.failed.append((batch, f"{type(problem).__name__}: {problem}"[:300]))
        return []
    made.taken.append(batch)
    return [table]
