"""Dated lines: decide, then store, how a line of periods changes when a new statement arrives.

A *line* is the sequence of standing periods of one slot: the named owner of an account, its parent, one attribute as
one source tells it. A statement says "from `at` on it is VALUE, known at K". Statements may arrive late or out of
order; the line they leave is the same in any order.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from firstwin.accounts.bulk import insert_many
from firstwin.core.facts import PeriodFact

T = TypeVar("T")


@dataclass(frozen=True)
class Piece:
    """One period of a line. `id` is None while it is not yet stored. `value` is compared with ==.

    known_at: when this row was known, its end included. stated_at: when its value was last stated.
    """

    value: Hashable
    valid_from: datetime
    valid_to: datetime | None
    known_at: datetime
    stated_at: datetime
    id: int | None = None


@dataclass(frozen=True)
class Splice:
    """What to do: rows to let stand down, rows to add, rows that were only stated again. Empty: nothing changes."""

    supersede: Sequence[int] = ()
    add: Sequence[Piece] = ()
    confirm: Sequence[int] = ()

    @property
    def is_empty(self) -> bool:
        """True when no fact changes (a confirmation is bookkeeping, not a fact)."""
        return not self.supersede and not self.add


NOTHING = Splice()
ABSENT: Hashable = ("absent",)


def splice(line: Iterable[Piece], *, value: Hashable, at: datetime, known_at: datetime) -> Splice:
    """Decide how a line takes the statement "from `at` on it is `value`, known at `known_at`".

    line: the standing pieces, in any order, not overlapping. value ABSENT ends the line at `at`.

    What was stated later wins where the two speak of the same time: the statement holds until the next piece stated
    later than it, and changes nothing where such a piece covers `at`. The value in force at the end of the line is
    therefore the same in whatever order statements arrive (except an end that arrives before its beginning).
    """
    pieces = sorted(line, key=lambda piece: piece.valid_from)
    covering = next((p for p in pieces if p.valid_from <= at and (p.valid_to is None or p.valid_to > at)), None)
    if covering is not None and covering.stated_at > known_at:
        return NOTHING
    before = [p for p in pieces if p.valid_to is not None and p.valid_to <= at]
    if covering is None and before and before[-1].known_at > known_at:
        return NOTHING  # the end of the piece before was known later than this
    until = _until(covering, [p for p in pieces if p.valid_from > at], known_at)
    overruled = [p for p in pieces if p.valid_from > at and (until is None or p.valid_from < until)]
    if not overruled and _says_already(covering, value, until):
        is_news = covering is not None and known_at > covering.stated_at
        return Splice(confirm=(_stored(covering),)) if covering is not None and is_news else NOTHING
    add: list[Piece] = []
    if covering is not None and covering.valid_from < at:
        add.append(replace(covering, id=None, valid_to=at, known_at=max(known_at, covering.known_at)))
    if value != ABSENT:
        add.append(Piece(value, at, until, known_at, known_at))
    gone = [*overruled, *([covering] if covering is not None else [])]
    return Splice(supersede=tuple(_stored(p) for p in gone), add=tuple(add))


def _until(covering: Piece | None, later: Sequence[Piece], known_at: datetime) -> datetime | None:
    """The first moment at which something stated later than `known_at` takes over."""
    ends = [p.valid_from for p in later if p.stated_at > known_at]
    if covering is not None and covering.valid_to is not None and covering.known_at > known_at:
        ends.append(covering.valid_to)
    return min(ends, default=None)


def _says_already(covering: Piece | None, value: Hashable, until: datetime | None) -> bool:
    if covering is None:
        return value == ABSENT
    return covering.value == value and covering.valid_to == until


def _stored(piece: Piece) -> int:
    if piece.id is None:
        raise ValueError("a line is made of stored pieces")
    return piece.id


Slot = tuple[Any, ...]

_DATED = ("valid_from", "valid_to", "known_at", "stated_at", "recorded_at", "is_reconstructed")


@dataclass(frozen=True)
class Statement:
    """`value` (a tuple of the line's value columns, or ABSENT) holds for `slot` from `at`, known at `known_at`."""

    slot: Slot
    value: Hashable
    at: datetime
    known_at: datetime


@dataclass(frozen=True)
class Line:
    """How a model keeps its lines: the columns that name a slot and the columns that carry the value."""

    model: type[PeriodFact]
    slot: tuple[str, ...]
    value: tuple[str, ...]

    def put(
        self,
        statements: Sequence[Statement],
        *,
        source: str,
        now: datetime,
        is_reconstructed: bool = False,
        narrow: Callable[[Any], Any] | None = None,
    ) -> list[Statement]:
        """Store statements, many at once, and return those that changed something.

        One read, one update per known moment and one bulk insert, however many statements. `narrow` limits the read
        (the first slot column is already limited). Two statements for one slot are applied in the order given.
        """
        lines = self._lines({statement.slot[0] for statement in statements}, narrow)
        changed: list[Statement] = []
        waiting = _Waiting()
        for statement in statements:
            line = lines.setdefault(statement.slot, [])
            if any(piece.id is None for piece in line):
                # A second statement for the same slot in one batch: store the first, then read the lines again.
                self._store(waiting, source=source, now=now, is_reconstructed=is_reconstructed)
                waiting = _Waiting()
                lines = self._lines({s.slot[0] for s in statements}, narrow)
                line = lines.setdefault(statement.slot, [])
            decided = splice(line, value=statement.value, at=statement.at, known_at=statement.known_at)
            waiting.take(statement, decided)
            if not decided.is_empty:
                changed.append(statement)
                lines[statement.slot] = [p for p in line if p.id not in decided.supersede] + list(decided.add)
        self._store(waiting, source=source, now=now, is_reconstructed=is_reconstructed)
        return changed

    def _lines(self, firsts: set[Any], narrow: Callable[[Any], Any] | None) -> dict[Slot, list[Piece]]:
        lines: dict[Slot, list[Piece]] = {}
        manager: Any = self.model._default_manager
        ordered = sorted(firsts)
        for start in range(0, len(ordered), 5_000):
            rows = manager.standing().filter(**{f"{self.slot[0]}__in": ordered[start : start + 5_000]})
            rows = narrow(rows) if narrow else rows
            columns = ("id", "valid_from", "valid_to", "known_at", "stated_at", *self.slot, *self.value)
            for row in rows.values_list(*columns):
                slot, value = tuple(row[5 : 5 + len(self.slot)]), tuple(row[5 + len(self.slot) :])
                lines.setdefault(slot, []).append(Piece(value, row[1], row[2], row[3], row[4], row[0]))
        return lines

    def _store(self, waiting: "_Waiting", *, source: str, now: datetime, is_reconstructed: bool) -> None:
        manager: Any = self.model._default_manager
        for moment, ids in waiting.supersede.items():
            for some in batched(ids, 5_000):
                manager.filter(pk__in=some).supersede(moment)
        for moment, ids in waiting.confirm.items():
            for some in batched(ids, 5_000):
                manager.filter(pk__in=some).update(stated_at=moment)
        own_source = () if "source" in self.slot else ("source",)
        rows = [
            (
                *slot,
                *_columns(piece.value, len(self.value)),
                *((source,) if own_source else ()),
                piece.valid_from,
                piece.valid_to,
                piece.known_at,
                piece.stated_at,
                now,
                is_reconstructed,
            )
            for slot, piece in waiting.add
        ]
        insert_many(self.model, (*self.slot, *self.value, *own_source, *_DATED), rows)


class _Waiting:
    """Decided changes on their way to the database."""

    def __init__(self) -> None:
        self.supersede: dict[datetime, list[int]] = {}
        self.confirm: dict[datetime, list[int]] = {}
        self.add: list[tuple[Slot, Piece]] = []

    def take(self, statement: Statement, decided: Splice) -> None:
        if decided.supersede:
            self.supersede.setdefault(statement.known_at, []).extend(decided.supersede)
        if decided.confirm:
            self.confirm.setdefault(statement.known_at, []).extend(decided.confirm)
        self.add.extend((statement.slot, piece) for piece in decided.add)


def batched(ids: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """`ids` in runs of at most `size`: databases limit how many a query may name."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _columns(value: Hashable, width: int) -> tuple[Any, ...]:
    if not isinstance(value, tuple) or len(value) != width:
        raise ValueError(f"expected a tuple of {width} values, got {value!r}")
    return value
