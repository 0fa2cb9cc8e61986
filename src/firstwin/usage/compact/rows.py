"""Batches of the inbox as rows of the lake. What they tell about names and people is stored on the way; all of that can
be repeated, so a process that dies before the rows are committed has only done some of the work of the next one."""

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import Error as DatabaseError

from firstwin.core.collecting import seldom_collected
from firstwin.usage.compact.apart import Ahead, read_here
from firstwin.usage.compact.coded import Coded, in_order
from firstwin.usage.compact.columns import KIND, Columns
from firstwin.usage.compact.debugger import keep_refused
from firstwin.usage.compact.hours import HOUR
from firstwin.usage.compact.identity import keep_told
from firstwin.usage.compact.knowing import know
from firstwin.usage.compact.numbers import Named, Numbers, met_actors, met_places, name_numbers
from firstwin.usage.compact.placing import places_at
from firstwin.usage.compact.refusals import Code, Refusal
from firstwin.usage.compact.tallies import Tallies, tallies_of
from firstwin.usage.compact.telling import Told, other_keys, tell
from firstwin.usage.compact.times import days_of, micros
from firstwin.usage.compact.values import NO_VALUE
from firstwin.usage.lake.schema import EVENTS, What
from firstwin.usage.store.models import Inbox
from firstwin.usage.store.models.inbox import Form

logger = logging.getLogger(__name__)

_AT_ONCE = 5_000
"""Events read at once: as objects they take ten times the space of their text."""

_KINDS = [KIND.get(what, "") for what in What]


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
    with the reason.  rejected: elements that were turned down, with their source."""

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


class Names:
    """Names that were met lately. It may be kept from one cycle to the next, while one follows the other."""

    def __init__(self) -> None:
        self.places, self.actors = met_places(), met_actors()


@dataclass
class _Cycle:
    """What is gathered while batches are read."""

    names: Names
    made: Made = field(default_factory=lambda: Made(EVENTS.empty_table()))
    told: Told = field(default_factory=Told)
    named: Named = field(default_factory=Named)


def begin(batches: Sequence[Inbox]) -> Ahead:
    """Let another process begin to read them, if it pays."""
    segments = sorted((one for one in batches if one.form == Form.SEGMENT), key=_order)
    by_source = groupby(segments, key=lambda one: one.source)
    return Ahead([(source, some) for source, own in by_source for some in _chunks(own)])


def rows_of(batches: Sequence[Inbox], *, now: datetime, names: Names | None = None, ahead: Ahead | None = None) -> Made:
    """Read these batches and store what they tell about names and people.  ahead: what was begun of the same ones."""
    cycle = _Cycle(names=names or Names())
    with seldom_collected():
        parts = _read(cycle, ahead or begin(batches))
        tables = [table for one in batches if one.form == Form.ARROW for table in _ready(one, cycle.made)]
        cycle.names.places.settle()
        cycle.names.actors.settle()
        moved = keep_told(cycle.told, now=now)
        know(cycle.told, moved, {place for part in parts for place in np.unique(part.place).tolist() if place}, now=now)
        for part in parts:
            _place(part)
            tables.append(_table(part))
    cycle.made.table = pa.concat_tables([cycle.made.table, *tables])
    return cycle.made


def _read(cycle: _Cycle, ahead: Ahead) -> list[Part]:
    try:
        return [
            part
            for place, (source, some) in enumerate(ahead.chunks)
            for part in _parts(cycle, source, some, partial(ahead.columns, place))
        ]
    finally:
        ahead.end()


def _order(batch: Inbox) -> tuple[int, int]:
    return batch.source, batch.pk


def _chunks(batches: Iterable[Inbox]) -> Iterator[list[Inbox]]:
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


def _parts(cycle: _Cycle, source: int, batches: Sequence[Inbox], read: Callable[[], Columns]) -> list[Part]:
    """The rows of these batches. A batch that nobody can make sense of costs only itself."""
    try:
        part = _part(cycle, read())
    except DatabaseError:
        raise  # the database is ill, not the batch
    except Exception as problem:
        if len(batches) > 1:
            alone = ((batch, partial(read_here, source, [batch])) for batch in batches)
            return [part for batch, again in alone for part in _parts(cycle, source, [batch], again)]
        logger.exception("Batch %d of source %d cannot be read.", batches[0].pk, source)
        cycle.made.failed.append((batches[0], f"{type(problem).__name__}: {problem}"[:300]))
        return []
    cycle.made.taken += batches
    cycle.made.rejected += [(source, refusal) for refusal in part.columns.refused]
    return [part]


def _part(cycle: _Cycle, columns: Columns) -> Part:
    source, group, actor = columns.source, columns.group, _actors(columns)
    places = cycle.names.places.numbers(source, group.keys, group.firsts(columns.ts))
    actors = _actor_numbers(cycle, columns, actor, dict(zip(group.keys, places.tolist(), strict=True)))
    part = Part(columns, place=group.spread(places), actor=actor.spread(actors), feature=_features(cycle, columns))
    columns.forget_texts()
    return part


def _actor_numbers(cycle: _Cycle, columns: Columns, actor: Coded, places: Mapping[str, int]) -> Numbers:
    """Of the keys of `actor`. What calls tell of them and of others is heard on the way."""
    met, first = cycle.names.actors, actor.firsts(columns.ts)
    if not columns.telling and not columns.anonymous.keys:
        return met.numbers(columns.source, actor.keys, first)
    firsts = dict(zip(actor.keys, first.tolist(), strict=True))
    for key, at in other_keys(columns).items():
        firsts[key] = min(at, firsts.get(key, at))
    numbers = met.numbers(columns.source, list(firsts), np.array(list(firsts.values()), dtype=np.int64))
    tell(cycle.told, columns, dict(zip(firsts, numbers.tolist(), strict=True)), places)
    return numbers[: len(actor.keys)]


def _actors(columns: Columns) -> Coded:
    """Whom each row names: the user, else the anonymous one."""
    user, anonymous = columns.user, columns.anonymous
    keys = [f"u:{key}" for key in user.keys]
    if (user.rows >= 0).all():
        return Coded(keys, user.rows)
    keys += [f"a:{key}" for key in anonymous.keys]
    nameless = np.where(anonymous.rows >= 0, anonymous.rows + len(user.keys), -1)
    return in_order(keys.__getitem__, np.where(user.rows >= 0, user.rows, nameless))


def _features(cycle: _Cycle, columns: Columns) -> Numbers:
    name, named = columns.name, cycle.named
    count = len(name.keys)
    both = np.where(name.rows >= 0, columns.what * np.int64(count) + name.rows, -1)
    feature = in_order(lambda one: (_KINDS[one // count], name.keys[one % count]), both)
    name_numbers(dict(zip(feature.keys, feature.firsts(columns.ts).tolist(), strict=True)), named)
    if named.beyond:
        beyond = [place for place, key in enumerate(feature.keys) if key in named.beyond]
        received = columns.received[np.isin(feature.rows, beyond)].tolist()
        warnings = [Refusal(Code.TOO_MANY_NAMES, at, b"", event="(other)", is_warning=True) for at in received]
        columns.refused += warnings
    return feature.spread(np.array([named.numbers[key] for key in feature.keys], dtype=np.int64))


def _place(part: Part) -> None:
    """Events that name no customer belong to where their actor was."""
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
