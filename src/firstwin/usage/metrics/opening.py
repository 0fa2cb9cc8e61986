"""The lake, opened for metrics: the roll-ups, with events that found their place later, as meant at a moment."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import numpy as np

from firstwin.core.clock import day_of, end_of
from firstwin.usage.catalogue import Meaning, meanings
from firstwin.usage.compact.placing import Home
from firstwin.usage.lake import rollups
from firstwin.usage.lake.days import number_of
from firstwin.usage.lake.reading import reading
from firstwin.usage.lake.schema import ROLLUPS
from firstwin.usage.metrics import asking
from firstwin.usage.metrics.asking import PART, Asker, Ints, columns, put_numbers
from firstwin.usage.metrics.parts import ASKED, MOST, VIEWS, Part, choose, parts_of
from firstwin.usage.metrics.unplaced import homes_in, placements
from firstwin.usage.metrics.whose import Whose

EARLIEST = date(1970, 1, 1)
USUAL = ("actor_blocks", "feature_blocks", "place_days")

Question = tuple[str, dict[str, Any]]
"""The name of a text of SQL, and its parameters."""

FEW_PLACES = 100
"""Of so many the rows are kept at hand: opening files for each question would take longer than all answers."""


@dataclass(slots=True)
class Many:
    """What many days asked of one opening share.  from_on, on, known_by: the first and the latest of each; None leaves
    nothing out.  actors: whoever was active.  kept: look-ups made once.
    """

    from_on: date
    on: date
    known_by: datetime | None
    actors: Ints
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Opened:
    """on, day: the day asked about.  known_on: rows known later are left out; None leaves none out.

    until: the first moment after the day, UTC without a zone, as the lake has it.  many: other days are asked, too.
    part: the people that questions about people are asked of; None: all.
    """

    asker: Asker
    whose: Whose
    on: date
    known_by: datetime | None
    day: int
    known_on: int | None
    until: datetime
    many: Many | None = None
    part: Part | None = None
    _parts: list[Part] | None = field(default=None, repr=False)

    def people(self) -> Iterator["Opened"]:
        """Itself, or one after the other parts of its people where not all of them fit into memory. What counts people
        is asked of each of these and added up."""
        for part in self.parts:
            choose(self.asker, part, among=self.parts)
            yield replace(self, part=part)
        if not self.parts:
            yield self

    @property
    def parts(self) -> list[Part]:
        if self._parts is None:
            self._parts = parts_of(self.asker, is_few=is_few(self.whose))
        return self._parts

    def humans(self, actors: Ints) -> Ints:
        """Whom these actors are; of a part as it numbers them."""
        if self.part is not None:
            return actors.astype(np.int64)
        return self.whose.humans(actors).of(actors)

    def ask(self, name: str, **params: Any) -> dict[str, Ints]:
        return columns(self.asker.table(name, known_on=self.known_on, **params))

    def ask_in_parts(self, name: str, **params: Any) -> Iterator[dict[str, Ints]]:
        """The same, some rows after the other."""
        for part in self.asker.table(name, known_on=self.known_on, **params).to_batches(PART):
            yield columns(part)

    def ahead(self, name: str, **params: Any) -> None:
        """Said before a question is asked, where it is worth its while."""
        if len(self.whose.places) > FEW_PLACES and not (self.parts and name in ASKED):
            self.asker.ahead(name, known_on=self.known_on, **params)

    def meanings(self) -> Mapping[int, Meaning]:
        """As known then."""
        return meanings(self.known_by)

    def make(self, name: str, **params: Any) -> None:
        """The answer to a question as a temporary table of its name."""
        self.asker.make(name, **params)

    def put(self, table: str, **numbers: Any) -> None:
        self.asker.put(table, **numbers)


@dataclass(slots=True)
class _Shared:
    """What was opened, by whose and of which day, and what closes it."""

    stack: ExitStack
    kept: dict[Any, Opened]


_shared: ContextVar[_Shared | None] = ContextVar("shared", default=None)


@contextmanager
def shared() -> Iterator[None]:
    """Within, the lake is opened once for all questions about the same accounts and day: opening it costs more than
    most questions about one account."""
    with ExitStack() as stack:
        token = _shared.set(_Shared(stack, {}))
        try:
            yield
        finally:
            _shared.reset(token)


@contextmanager
def opened(
    whose: Whose, on: date, *, known_by: datetime | None = None, tables: Sequence[str] = USUAL
) -> Iterator[Opened]:
    """Everything of these accounts up to the block of `on`.  tables: the roll-ups that are asked."""
    held = _shared.get()
    if held is None:
        with _opened(whose, on, known_by, tables) as lake:
            yield lake
        return
    key = (whose.accounts.tobytes(), whose.is_all, on, known_by)
    if key not in held.kept:
        held.kept[key] = held.stack.enter_context(_opened(whose, on, known_by, ROLLUPS))
    yield held.kept[key]


@contextmanager
def _opened(whose: Whose, on: date, known_by: datetime | None, tables: Sequence[str]) -> Iterator[Opened]:
    with as_known(whose, on, known_by, tables) as connection:
        if "actor_blocks" in tables:
            place(connection, homes_in(unplaced(connection), whose, known_by), whose, tables)
            show_people(connection)
            connection.execute(
                "create temp view people_first as select place, actor, block, known_on from people_blocks"
            )
        with closing(Asker(connection)) as asker:
            yield opening(asker, whose, on, known_by)


def show_people(connection: Any) -> None:
    """All of them, until a part is chosen."""
    for view, table in VIEWS.items():
        connection.execute(f"create temp view {view} as from {table}")


@contextmanager
def as_known(whose: Whose, on: date, known_by: datetime | None, tables: Sequence[str]) -> Iterator[Any]:
    """A connection to these tables, with the meanings of that moment."""
    places = None if whose.is_all else [0, *whose.places.tolist()]
    at_hand = {table: _ASKED.get(table, "*") for table in tables} if is_few(whose) else {}
    with reading(
        day_from=EARLIEST, day_to=on, places=places, tables=(*tables, "events"), at_hand=at_hand, most=MOST
    ) as connection:
        if known_by is not None:
            _as_meant(connection, known_by, tables)
        yield connection


def is_few(whose: Whose) -> bool:
    return not whose.is_all and len(whose.places) < FEW_PLACES


def opening(
    asker: Asker,
    whose: Whose,
    on: date,
    known_by: datetime | None,
    many: Many | None = None,
    parts: list[Part] | None = None,
) -> Opened:
    known_on = number_of(day_of(known_by)) if known_by is not None else None
    until = end_of(on).replace(tzinfo=None)
    return Opened(asker, whose, on, known_by, number_of(on), known_on, until, many, None, parts)


_ASKED = {"feature_blocks": "* exclude (count, first_ts)"}
"""No question reads the others."""


def _as_meant(connection: Any, known_by: datetime, tables: Sequence[str]) -> None:
    """Roll-ups are made under the meanings of now. Where others stood then, they are made again from the events."""
    then = bearing(known_by)
    if then == bearing(None):
        return
    rows = sorted(then)
    put_numbers(
        connection, "meant_then",
        feature=[one[0] for one in rows], product=[one[1] for one in rows], is_ignored=[one[2] for one in rows],
    )  # fmt: skip
    connection.execute(
        "create or replace temp table meanings as "
        "select feature, product, is_ignored <> 0 as is_ignored from meant_then"
    )
    for table in tables:
        made = rollups.made_of_events(table)
        connection.execute(f"create temp table {table}_then as {made}")
        instead(connection, table, f"{table}_then")


def bearing(at: datetime | None) -> frozenset[tuple[int, int, bool]]:
    """What of the meanings goes into roll-ups."""
    said = meanings(at).items()
    return frozenset(
        (feature, one.product_id or 0, one.is_ignored) for feature, one in said if one.product_id or one.is_ignored
    )


def unplaced(connection: Any) -> Ints:
    """Actors who were active without saying where."""
    found: Ints = connection.sql(asking.text_of("unplaced")).fetchnumpy()["actor"]
    return found


def place(connection: Any, homes: Sequence[Home], whose: Whose, tables: Sequence[str]) -> None:
    """Add what named no place when it came and whose actor is known by now, as places of their own."""
    if not homes:
        return
    found = placements(homes, whose)
    put_numbers(connection, "placements", **found)
    connection.execute(f"create temp table placed_later as {asking.text_of('placed_later')}")
    for table in tables:
        made = f"with events as (select * from placed_later) {rollups.made_of_events(table)}"  # noqa: S608
        connection.execute(f"create temp table {table}_later as {made}")
        _rename(connection, table)
        connection.execute(
            f"create temp view {table} as select * from {table}_placed union all by name select * from {table}_later"  # noqa: S608
        )
    connection.execute("alter view events rename to events_placed")
    connection.execute(
        "create temp view events as select * from events_placed union all by name select * from placed_later"
    )


def instead(connection: Any, table: str, other: str) -> None:
    """Questions about `table` are answered by the temporary table `other` from now on."""
    connection.execute(f"drop {_kind(connection, table)} {table}")
    connection.execute(f"alter table {other} rename to {table}")


def _rename(connection: Any, table: str) -> None:
    connection.execute(f"alter {_kind(connection, table)} {table} rename to {table}_placed")


def _kind(connection: Any, table: str) -> str:
    found = connection.execute("select 1 from duckdb_views() where view_name = ?", [table]).fetchall()
    return "view" if found else "table"
