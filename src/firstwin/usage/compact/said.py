"""Rows of imports as rows of the lake, in the inbox: names become numbers, and what is known already is left out."""

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from hashlib import md5
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.db import transaction

from firstwin.accounts.actions.receive import Received
from firstwin.core.failpoints import failpoint
from firstwin.usage.actions.receive import UseSaid
from firstwin.usage.compact.looking import add_rows, rows_among, set_column
from firstwin.usage.compact.numbers import Named, Numbers, actor_numbers, name_numbers, place_numbers
from firstwin.usage.compact.placing import places_at
from firstwin.usage.compact.refusals import SAYS, Code
from firstwin.usage.compact.times import days_of, micros, moment_of
from firstwin.usage.lake.keys import unseen
from firstwin.usage.lake.schema import EVENTS, What
from firstwin.usage.store.models import Actor, ActorTrait, Inbox, Place
from firstwin.usage.store.models.inbox import Form
from firstwin.usage.store.router import EVENTS as STORE

_md5 = partial(md5, usedforsecurity=False)
_TRACK = "track"
K = TypeVar("K")


def put_into_inbox(said: Sequence[UseSaid], source: int, *, run: int, now: datetime) -> Received:
    """See `actions.receive.receive_use`."""
    received, fresh, keys = sorted_out(said, source)
    if not fresh:
        return received
    named = Named()
    name_numbers(_earliest(((_TRACK, one.event), one.at) for one in fresh), named)
    for one in fresh if named.beyond else ():
        if (_TRACK, one.event) in named.beyond:
            received.warned[one.row] = [SAYS[Code.TOO_MANY_NAMES]]
    table = _table(fresh, keys, named, source, run, now)
    body = _stream(table)
    failpoint("use.inbox.before_commit")
    with transaction.atomic(using=STORE):
        Inbox.objects.create(
            source=source, form=Form.ARROW, received_at=now, body=body, events=len(fresh), size=len(body), run=run
        )
    failpoint("use.inbox.after_commit")
    return received


def sorted_out(said: Sequence[UseSaid], source: int) -> tuple[Received, list[UseSaid], npt.NDArray[np.uint64]]:
    """(what becomes of each row, the rows that are news, the two halves of their keys)"""
    received = Received(ids={one.row: one.row for one in said})
    if not said:
        return received, [], np.empty((0, 2), dtype=np.uint64)
    keys = _keys(source, said)
    is_new = unseen(np.ascontiguousarray(keys[:, 0]), np.ascontiguousarray(keys[:, 1]))
    fresh = [one for one, new in zip(said, is_new, strict=True) if new]
    received.new = {one.row for one in fresh}
    return received, fresh, keys[is_new]


def _keys(source: int, said: Iterable[UseSaid]) -> npt.NDArray[np.uint64]:
    """As of events that come with a message id: the same id of the same source is the same event."""
    prefix = b"%d|" % source
    digests = b"".join(_md5(prefix + one.external_id.encode()).digest() for one in said)
    return np.frombuffer(digests, dtype="<u8").reshape(-1, 2)


def _earliest(told: Iterable[tuple[K, datetime]]) -> dict[K, int]:
    found: dict[K, int] = {}
    for key, at in told:
        moment = micros(at)
        found[key] = min(moment, found.get(key, moment))
    return found


def _table(
    said: Sequence[UseSaid],
    keys: npt.NDArray[np.uint64],
    named: Named,
    source: int,
    run: int,
    now: datetime,
) -> pa.Table:
    size = len(said)
    ts = np.array([micros(one.at) for one in said], dtype=np.int64)
    actor = _actors(said, source)
    _keep_traits(said, actor, now)
    day = days_of(ts)
    received = np.full(size, micros(now), dtype=np.int64)
    return pa.table(
        {
            "place": _places(said, actor, ts),
            "actor": actor,
            "feature": np.array([named.numbers[_TRACK, one.event] for one in said], dtype=np.int64),
            "what": np.array([What.AGGREGATE if one.is_count else What.TRACK for one in said], dtype=np.int8),
            "source": np.full(size, source, dtype=np.int64),
            "ts": ts.astype("datetime64[us]"),
            "day": day,
            "known_on": _known_on(said, day),
            "received": received.astype("datetime64[us]"),
            "k1": np.ascontiguousarray(keys[:, 0]),
            "k2": np.ascontiguousarray(keys[:, 1]),
            "count": np.array([one.count for one in said], dtype=np.int64),
            "people": pa.array([one.people for one in said], pa.int64()),
            "value_micro": pa.array([one.value_micro for one in said], pa.int64()),
            "run": np.full(size, run, dtype=np.int64),
            "line": np.array([one.row for one in said], dtype=np.int64),
            "props": pa.nulls(size, pa.string()),
        },
        schema=EVENTS,
    )


def _known_on(said: Sequence[UseSaid], day: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """History whose own time nobody kept counts as known when it happened; the source's own time counts where it is."""
    known = days_of(np.array([micros(one.known_at) for one in said], dtype=np.int64))
    is_own = np.array([one.has_own_time for one in said])
    return np.where(is_own & (known > day + 1), known, 0).astype(np.int32)


def _actors(said: Sequence[UseSaid], source: int) -> Numbers:
    firsts = _earliest((f"u:{one.person}", one.at) for one in said if one.person)
    numbers = actor_numbers(source, firsts) if firsts else {}
    told = {numbers[f"u:{one.person}"]: one.person_id for one in said if one.person and one.person_id}
    if told:
        unknown = {pk for (pk,) in rows_among(Actor.objects.filter(person__isnull=True), "id", told, "pk")}
        with transaction.atomic(using=STORE):
            set_column(Actor, "person", {pk: person for pk, person in told.items() if pk in unknown})
    return np.array([numbers[f"u:{one.person}"] if one.person else 0 for one in said], dtype=np.int64)


def _places(said: Sequence[UseSaid], actor: Numbers, ts: npt.NDArray[np.int64]) -> Numbers:
    """The place that stands for the account; where a row names none, where its actor was."""
    numbers = _inner(_earliest((one.account_id, one.at) for one in said if one.account_id))
    places = np.array([numbers.get(one.account_id, 0) for one in said], dtype=np.int64)
    lacking = np.flatnonzero((places == 0) & (actor > 0))
    if len(lacking):
        places[lacking] = places_at(actor[lacking], ts[lacking])
    return places


def _inner(firsts: Mapping[int, int]) -> dict[int, int]:
    """Account → the place that stands for it where no source names one."""
    if not firsts:
        return {}
    accounts = {f"account:{account}": account for account in firsts}
    numbers = place_numbers(0, {key: firsts[account] for key, account in accounts.items()})
    wanting = rows_among(Place.objects.filter(account__isnull=True), "id", numbers.values(), "pk", "key")
    if wanting:
        with transaction.atomic(using=STORE):
            set_column(Place, "account", {pk: accounts[key] for pk, key in wanting})
            set_column(Place, "how", {pk: "import" for pk, _ in wanting})
    return {accounts[key]: number for key, number in numbers.items()}


def _keep_traits(said: Sequence[UseSaid], actor: Numbers, now: datetime) -> None:
    """The team and site of people, from the first moment on at which a row of theirs says another one."""
    told: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    for one, number in zip(said, actor.tolist(), strict=True):
        for kind, value in (("team", one.team), ("site", one.site)):
            if number and value:
                told[number, kind].append((micros(one.at), value))
    if not told:
        return
    for number, kind, value, at in rows_among(
        ActorTrait.objects.all(), "actor", {number for number, _ in told}, "actor", "kind", "value", "from_at"
    ):
        if (number, kind) in told:
            told[number, kind].append((micros(at), value))
    rows = []
    for (number, kind), values in told.items():
        was = None
        for at, value in sorted(values):
            if value != was:
                rows.append((number, kind, value, moment_of(at), now))
            was = value
    with transaction.atomic(using=STORE):
        add_rows(ActorTrait, ("actor", "kind", "value", "from_at", "known_at"), rows)


def _stream(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, EVENTS, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    return sink.getvalue()
