"""Standing pieces of many records at once: look them up in one query, store what changes in a few.

Built for hundreds of thousands of rows: plain tuples in, plain tuples out. Nothing here decides anything.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

from firstwin.accounts.bulk import insert_many
from firstwin.revenue.pieces import Change, Piece

FACT = ("external_id", "account_id", "stated_at", "known_at", "known_until", "recorded_at", "source",
         "is_reconstructed", "origin_run", "origin_line")  # fmt: skip
_READ = ("id", "external_id", "account_id", "stated_at", "known_at", "is_reconstructed", "origin_run", "origin_line")


@dataclass(frozen=True)
class Kind:
    """How one kind of record is kept in its table.

    values: what may change over its time.  starts, ends, since: the edges.  derived: what follows from the values.
    moments: whether the edges are moments, not days.
    """

    model: type[models.Model]
    values: tuple[str, ...]
    starts: str
    ends: str
    since: str
    derived: tuple[str, ...] = ()
    moments: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a new row."""
        return (*FACT, self.starts, self.ends, self.since, *self.values, *self.derived)

    def standing(self, source: str, external_ids: Collection[str]) -> dict[str, list[Piece]]:
        """The standing pieces of these records, by record, in the order of time."""
        found: dict[str, list[Piece]] = {}
        first, last = len(_READ) + 3, len(_READ) + 3 + len(self.values)
        moment = aware if connection.vendor == "sqlite" else _as_it_is
        edge = moment if self.moments else _as_it_is
        own = moment_columns(self.model, self.values) if connection.vendor == "sqlite" else ()
        names = (*_READ, self.starts, self.ends, self.since, *self.values, *self.derived)
        for row in standing_rows(self.model, names, source, external_ids):
            pk, name, account, stated, known, is_reconstructed, run, line, start, end, since, *_ = row
            value = row[first:last]
            if own:
                value = tuple(aware(one) if place in own else one for place, one in enumerate(value))
            piece = Piece(account, edge(start), edge(end), value, edge(since), moment(stated), moment(known),
                          row[last:], bool(is_reconstructed), (run, line), pk)  # fmt: skip
            found.setdefault(name, []).append(piece)
        for pieces in found.values():
            if len(pieces) > 1:
                pieces.sort(key=lambda piece: piece.start)
        return found


def standing_rows(
    model: type[models.Model], columns: Sequence[str], source: str, external_ids: Collection[str]
) -> list[tuple[Any, ...]]:
    """These columns of the standing rows of these records. One query, however many; SQLite's moments are naive."""
    quote = connection.ops.quote_name
    is_postgres = connection.vendor == "postgresql"
    many = "= any(%s)" if is_postgres else "in (select value from json_each(%s))"
    sql = (  # names of our own columns only
        f"select {', '.join(map(quote, columns))} from {quote(model._meta.db_table)} "  # noqa: S608
        f"where source = %s and known_until is null and external_id {many}"
    )
    ids = list(external_ids)
    with connection.cursor() as cursor:
        cursor.execute(sql, [source, ids if is_postgres else json.dumps(ids)])
        return list(cursor.fetchall())


def moment_columns(model: type[models.Model], names: Sequence[str]) -> frozenset[int]:
    """Places among `names` that hold moments, which SQLite gives back without their zone."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return frozenset(place for place, name in enumerate(names) if fields[name].get_internal_type() == "DateTimeField")


def aware(value: Any) -> Any:
    """A moment as SQLite gives it back, with its zone."""
    return value.replace(tzinfo=UTC) if value is not None else None


def _as_it_is(value: Any) -> Any:
    return value


@dataclass
class Writing:
    """What is to be written of one kind, collected and then stored in as few statements as can be."""

    kind: Kind
    source: str
    run: int | None
    now: datetime
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    stands_down: dict[datetime, list[int]] = field(default_factory=lambda: defaultdict(list))
    confirmed: list[Piece] = field(default_factory=list)

    def take(self, external_id: str, change: Change) -> None:
        for piece in change.supersede:
            if piece.id is not None:
                self.stands_down[change.moment].append(piece.id)
        self.confirmed += change.confirm
        for piece in change.add:
            self.add(external_id, piece)

    def add(self, external_id: str, piece: Piece) -> None:
        run, line = piece.origin
        self.rows.append(
            (external_id, piece.holder, piece.stated_at, piece.known_at, None, self.now, self.source,
             piece.is_reconstructed, run, line, piece.start, piece.end, piece.since, *piece.value, *piece.derived)
        )  # fmt: skip

    def store(self) -> None:
        stand_down(self.kind.model, self.stands_down)
        confirm(self.kind, self.confirmed)
        insert_many(self.kind.model, self.kind.columns, self.rows)


def stand_down(model: type[models.Model], by_moment: dict[datetime, list[int]]) -> None:
    """Let rows stand down, each as of its moment; one statement however many moments there are.

    Whoever asks has seen to it that no row is known later than its moment.
    """
    table, quote = model._meta.db_table, connection.ops.quote_name
    pairs = [(moment, pk) for moment, ids in by_moment.items() for pk in ids]
    if len(by_moment) == 1 and connection.vendor == "postgresql":
        sql = f"update {quote(table)} set known_until = %s where id = any(%s)"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, [pairs[0][0], [pk for _, pk in pairs]])
    elif pairs:
        adapt = connection.ops.adapt_datetimefield_value
        with connection.cursor() as cursor:
            cursor.executemany(
                f"update {quote(table)} set known_until = %s where id = %s",  # noqa: S608
                [(adapt(moment), pk) for moment, pk in pairs],
            )


def confirm(kind: Kind, pieces: Sequence[Piece]) -> None:
    """Remember when rows were last stated."""
    if not pieces:
        return
    quote = connection.ops.quote_name
    moment = connection.ops.adapt_datetimefield_value
    edge = moment if kind.moments else connection.ops.adapt_datefield_value
    rows = [(moment(piece.stated_at), edge(piece.since), piece.id) for piece in pieces]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"update {quote(kind.model._meta.db_table)} set stated_at = %s, {quote(kind.since)} = %s "  # noqa: S608
            "where id = %s",
            rows,
        )
