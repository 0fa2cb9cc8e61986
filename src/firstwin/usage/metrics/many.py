"""The columns of many accounts on many days, as replays of a year ask. The lake is opened and look-ups are made once.

Days are asked of tables in memory that hold what the files hold, so every day says what it says when asked alone.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np

from firstwin.accounts.scope import AccountSet
from firstwin.usage.catalogue import meanings
from firstwin.usage.metrics.asking import Asker, text_of
from firstwin.usage.metrics.columns import Columns, joined
from firstwin.usage.metrics.opening import (
    USUAL,
    Many,
    Opened,
    as_known,
    bearing,
    instead,
    is_few,
    opening,
    place,
    show_people,
    unplaced,
)
from firstwin.usage.metrics.parts import parts_of
from firstwin.usage.metrics.population import read_columns
from firstwin.usage.metrics.unplaced import homes_in
from firstwin.usage.metrics.whose import Whose, whose

AT_ONCE = 10_000
"""Accounts whose rows are in memory together."""

Moment = tuple[date, datetime | None]

_NEEDED = {
    "actor_blocks": "place, actor, block, known_on, mask, last_ts",
    "feature_blocks": "place, feature, block, known_on, mask, last_ts, is_aggregate",
    "place_days": "place, day, known_on, is_aggregate, count",
}


def columns_on(
    accounts: AccountSet | Collection[int] | None,
    days: Sequence[date],
    *,
    known_by: Sequence[datetime] | None = None,
    now: datetime,
) -> dict[date, Columns]:
    """Day → what `population.columns_of` says of it.

    known_by: one moment for each of the days; only what was known then counts.
    """
    known: Sequence[datetime | None] = known_by if known_by is not None else [None] * len(days)
    moments = list(dict(zip(days, known, strict=True)).items())
    asked = whose(accounts)
    parts: dict[date, list[Columns]] = {day: [] for day, _ in moments}
    for some in _parts(asked):
        for lake in _each(some, moments):
            parts[lake.on].append(read_columns(lake))
    return {day: joined(found) for day, found in parts.items()}


def _parts(asked: Whose) -> Iterator[Whose]:
    ids = asked.accounts
    if len(ids) <= AT_ONCE:
        yield asked
        return
    for start in range(0, len(ids), AT_ONCE):
        yield whose(ids[start : start + AT_ONCE].tolist())


def _each(asked: Whose, moments: Iterable[Moment]) -> Iterator[Opened]:
    """The lake as of each of these moments, those together that were told the same of names and places."""
    now = bearing(None)
    for together in _grouped((now if moment[1] is None else bearing(moment[1]), moment) for moment in moments):
        on, known_by = max(day for day, _ in together), together[0][1]
        with as_known(asked, on, known_by, USUAL) as connection:
            strangers = unplaced(connection)
            homes = {known: tuple(homes_in(strangers, asked, known)) for known in {known for _, known in together}}
            first, *others = _grouped((homes[moment[1]], moment) for moment in together)
            yield from _at_hand(connection, asked, homes[first[0][1]], first)
        for few in others:
            with as_known(asked, on, known_by, USUAL) as connection:
                yield from _at_hand(connection, asked, homes[few[0][1]], few)


def _grouped(moments: Iterable[tuple[Hashable, Moment]]) -> list[list[Moment]]:
    found: dict[Hashable, list[Moment]] = defaultdict(list)
    for key, moment in moments:
        found[key].append(moment)
    return list(found.values())


def _at_hand(connection: Any, asked: Whose, homes: Any, moments: Sequence[Moment]) -> Iterator[Opened]:
    place(connection, homes, asked, USUAL)
    features = {
        feature
        for known in {known for _, known in moments}
        for feature, said in meanings(known).items()
        if said.is_core or said.means
    }
    told = ", ".join(map(str, sorted(features))) or "0"
    where = {"feature_blocks": f"is_aggregate or feature in ({told})"}
    asker = Asker(connection)  # nothing is asked ahead: each answer is small
    parts = parts_of(asker, is_few=is_few(asked))
    for table, columns in _NEEDED.items():
        if parts and table == "actor_blocks":
            continue  # the files are read part after part
        rows = f"select {columns} from {table} where {where.get(table, 'true')}"  # noqa: S608 - our own names
        connection.execute(f"create temp table {table}_at_hand as {rows}")
        instead(connection, table, f"{table}_at_hand")
    show_people(connection)
    kind = "view" if parts else "table"
    connection.execute(f"create temp {kind} people_first as {text_of('people_first')}")
    actors = np.zeros(0, np.int64)
    if not parts:
        actors = connection.sql("select distinct actor from people_first").fetchnumpy()["actor"]
        asked.humans(actors)
    days = [day for day, _ in moments]
    known = [known for _, known in moments if known is not None]
    many = Many(min(days), max(days), max(known) if len(known) == len(days) else None, actors)
    for on, known_by in moments:
        yield opening(asker, asked, on, known_by, many, parts)
