"""Decide how the pieces of a record change when its source says something about it. Pure.

A *record* (a subscription line, an invoice) belongs to one holder (the account) and holds over [start, end). Its
standing *pieces* divide that time: each says which value held. Edges are days for lines and moments for invoices;
whatever can be compared does.

A *statement* says: known at K, the record runs from start to end, and its value is V from `since` on. What was stated
later wins wherever it speaks: the bounds and the holder are those of the latest statement, and at any time the value is
that of the latest statement whose `since` lies before. What was known first reaches back to the start, because nothing
earlier is known. So statements that carry their own times end alike in whatever order they arrive. (One exception: of
equal values stated again and again only the first and the last moment are kept; a different one that arrives late and
falls in between is taken for a mistake of the source.)
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

Edge = Any  # date or datetime, the same kind throughout one record
Value = tuple[Any, ...]
Derive = Callable[[Value, Edge, Edge | None], tuple[Any, ...]]
"""(value, start and end of the record) → what follows from them and is kept beside the value."""


@dataclass(slots=True)
class Piece:
    """since: from when its source says the value holds; None: from the start. It may lie before `start` (the piece was
    cut) or after it (the first piece reaches back to the record's start).

    stated_at: when the value was last stated.  known_at: when this row, its edges included, became known.
    origin: the import run and the line its value came from.  id: None while it is not stored.
    """

    holder: int
    start: Edge
    end: Edge | None
    value: Value
    since: Edge | None
    stated_at: datetime
    known_at: datetime
    derived: tuple[Any, ...] = ()
    is_reconstructed: bool = False
    origin: tuple[int | None, int | None] = (None, None)
    id: int | None = None

    @property
    def says(self) -> tuple[Any, ...]:
        return (self.holder, self.start, self.end, self.value, self.derived)


@dataclass(slots=True)
class Statement:
    """since: None leaves it to the rule: the value holds from the day it was `told`, if that lies inside the record.

    told: the edge (day or moment) at which it became known.
    start: None: as it stands, or when told.
    corrects: the value was so from the record's start, whatever was said before.
    moves: a `since` that differs from the one given before for the same value puts it right, also to later.
    """

    holder: int
    start: Edge | None
    end: Edge | None
    value: Value
    known_at: datetime
    told: Edge
    since: Edge | None = None
    corrects: bool = False
    moves: bool = False
    is_reconstructed: bool = False
    origin: tuple[int | None, int | None] = (None, None)


@dataclass(slots=True)
class Change:
    """What to do. moment: when the rows in `supersede` stand down and those in `add` become known.

    confirm: rows that were only stated again: bookkeeping, not a fact.
    """

    supersede: list[Piece]
    add: list[Piece]
    confirm: list[Piece]
    moment: datetime

    @property
    def is_empty(self) -> bool:
        return not self.supersede and not self.add


def nothing_derived(value: Value, start: Edge, end: Edge | None) -> tuple[Any, ...]:
    return ()


def take(standing: Sequence[Piece], said: Statement, derive: Derive = nothing_derived) -> Change:
    """Decide how `standing` (one record's pieces, in any order, not overlapping) takes a statement."""
    pieces = sorted(standing, key=lambda piece: (piece.start, piece.stated_at))
    is_latest = all(piece.stated_at <= said.known_at for piece in pieces)
    start, end, holder = _bounds(pieces, said) if is_latest or not pieces else _standing_bounds(pieces)
    runs = _put([_Run(p.since, p.value, p.stated_at, p.is_reconstructed, p.origin) for p in pieces], said, start, end)
    wanted = _cut(_stairs(runs), holder, start, end, said.known_at, derive)
    return _difference(pieces, wanted, said)


@dataclass(slots=True)
class _Run:
    """A value and since when. In a record's runs both `since` and `stated_at` only grow."""

    since: Edge | None
    value: Value
    stated_at: datetime
    is_reconstructed: bool
    origin: tuple[int | None, int | None]


def _bounds(pieces: Sequence[Piece], said: Statement) -> tuple[Edge, Edge | None, int]:
    start = said.start
    if start is None:
        start = pieces[0].start if pieces else said.told
        start = start if said.end is None else min(start, said.end)
    return start, said.end, said.holder


def _standing_bounds(pieces: Sequence[Piece]) -> tuple[Edge, Edge | None, int]:
    return pieces[0].start, pieces[-1].end, pieces[0].holder


def _put(runs: list[_Run], said: Statement, start: Edge, end: Edge | None) -> list[_Run]:
    before = [run for run in runs if run.stated_at <= said.known_at]
    after = runs[len(before) :]
    last = before[-1] if before else None
    own = _Run(_since(said, last, start, end), said.value, said.known_at, said.is_reconstructed, said.origin)
    if last is not None and last.value == said.value:
        since = _agreed(last.since, said)
        return [*before[:-1], replace(last, since=since, stated_at=said.known_at), *after]
    if last is not None and last.stated_at == said.known_at:  # said anew of the same moment: the later word counts
        if said.since is None and not said.corrects:
            own.since = last.since
        return [*before[:-1], own, *after]
    if after and after[0].value == said.value:  # known a little earlier than we thought
        return [*before, replace(after[0], since=_earlier(after[0].since, own.since)), *after[1:]]
    return [*before, own, *after]


def _since(said: Statement, last: _Run | None, start: Edge, end: Edge | None) -> Edge | None:
    """From when a new value holds. Told before the start: from the start. Told when all was over: what was said last
    was wrong."""
    if said.corrects:
        return None
    if said.since is not None:
        return said.since
    start, end = (said.start if said.start is not None else start), said.end
    if said.told <= start:
        return None
    if end is None or said.told < end:
        return said.told
    return last.since if last is not None else None


def _agreed(since: Edge | None, said: Statement) -> Edge | None:
    """The same value stated again."""
    if said.corrects:
        return None
    if said.since is None:
        return since
    return said.since if said.moves else _earlier(since, said.since)


def _earlier(one: Edge | None, other: Edge | None) -> Edge | None:
    return None if one is None or other is None else min(one, other)


def _stairs(runs: Iterable[_Run]) -> list[_Run]:
    """Leave out what a later statement covers whole, and join neighbours that say the same."""
    kept: list[_Run] = []
    for run in runs:  # by the moment they were stated
        while kept and _covers(run, kept[-1], is_first=len(kept) == 1):
            kept.pop()
        if kept and kept[-1].value == run.value:
            kept[-1] = replace(kept[-1], stated_at=run.stated_at)
        else:
            kept.append(run)
    return kept


def _covers(run: _Run, earlier: _Run, *, is_first: bool) -> bool:
    # What was known first reaches back to the start: only a word about the very start takes that from it.
    return run.since is None or (not is_first and earlier.since is not None and bool(run.since <= earlier.since))


def _cut(
    runs: Sequence[_Run], holder: int, start: Edge, end: Edge | None, known_at: datetime, derive: Derive
) -> list[Piece]:
    """The pieces the runs leave inside [start, end)."""
    pieces: list[Piece] = []
    for place, run in enumerate(runs):
        opens = start if not pieces or run.since is None else max(run.since, start)
        is_last = place == len(runs) - 1
        closes = end if is_last else runs[place + 1].since
        if end is not None:
            # The last value is kept at the very end even when the record ended before it began to hold.
            opens = min(opens, end)
            closes = end if closes is None else min(closes, end)
        if is_last or opens < closes:
            derived = derive(run.value, start, end)
            pieces.append(
                Piece(holder, opens, closes, run.value, run.since, run.stated_at, known_at, derived,
                      run.is_reconstructed, run.origin)
            )  # fmt: skip
    return pieces


def _difference(before: Sequence[Piece], wanted: Sequence[Piece], said: Statement) -> Change:
    kept = {piece.start: piece for piece in before}
    supersede, add, confirm = list(before), [], []
    for piece in wanted:
        old = kept.get(piece.start)
        if old is None or old.says != piece.says:
            add.append(piece)
            continue
        supersede.remove(old)
        if (old.since, old.stated_at) != (piece.since, piece.stated_at):
            confirm.append(replace(old, since=piece.since, stated_at=piece.stated_at))
    moment = max([said.known_at, *(piece.known_at for piece in supersede)])
    for piece in add:
        piece.known_at = moment
        piece.is_reconstructed = piece.is_reconstructed or said.is_reconstructed
    return Change(supersede, add, confirm, moment)
