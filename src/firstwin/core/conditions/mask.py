"""A condition over columns: for every account of a frame at once, whether it holds.

`evaluate.holds` says what a tree means; this has to agree with it to the last account, as the database has to. Whole
numbers are compared on the grid of whole numbers or minor units, words over their distinct values.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import numpy as np
import numpy.typing as npt

from firstwin.core.conditions import tree as node
from firstwin.core.conditions.changes import no_past_of_rows
from firstwin.core.conditions.check import at as placed
from firstwin.core.conditions.check import related_collection
from firstwin.core.conditions.moves import moved
from firstwin.core.conditions.operators import require_operator
from firstwin.core.conditions.tree import Change, Condition, Related, Test, bounded
from firstwin.core.conditions.values import typed
from firstwin.core.conditions.vectors import DAY_ZERO, Mask, compared, plain
from firstwin.core.errors import Refused
from firstwin.core.fields import Collection, Field, Vocabulary
from firstwin.core.frames import At, Column

Ints = npt.NDArray[np.int64]


class RowsLike(Protocol):
    """The rows of a collection. owner: for each row the place of its account, rising.  dated: days since 1970.

    times: how often it happened, where a row stands for several.
    """

    @property
    def owner(self) -> Ints: ...
    @property
    def columns(self) -> Mapping[str, Column]: ...
    @property
    def dated(self) -> Column | None: ...
    @property
    def times(self) -> Ints | None: ...


class FrameLike(Protocol):
    """What a condition is asked of."""

    @property
    def at(self) -> At: ...
    @property
    def vocabulary(self) -> Vocabulary: ...
    def __len__(self) -> int: ...
    def column(self, key: str) -> Column: ...
    def rows(self, collection: str) -> RowsLike: ...
    def earlier(self, at: At) -> "FrameLike": ...


def mask(tree: Condition, frame: FrameLike, today: date | None = None, *, me: int | None = None) -> Mask:
    """One truth value per account of `frame`, in its order.

    today: the frame's own day unless given.  me: id of who asks, for “me”.
    Raises Refused, with the path of the node that cannot be asked.
    """
    return _Asked(frame, today or frame.at.on, me).mask(bounded(tree), "")


def counts(tree: Related, frame: FrameLike, today: date | None = None, *, me: int | None = None) -> Ints:
    """How many rows each account has that `tree` speaks of, whatever it compares their number with."""
    return _Asked(frame, today or frame.at.on, me).counts(tree, "")


@dataclass(frozen=True)
class _OfRows:
    """The rows of a collection, seen as a frame of their own."""

    at: At
    vocabulary: Vocabulary
    found: RowsLike

    def __len__(self) -> int:
        return len(self.found.owner)

    def column(self, key: str) -> Column:
        return self.found.columns[key]

    def rows(self, collection: str) -> RowsLike:
        raise Refused(f"Rows have no {collection} of their own.")

    def earlier(self, at: At) -> FrameLike:
        raise no_past_of_rows(self.vocabulary.of)


@dataclass(frozen=True)
class _Asked:
    frame: FrameLike
    today: date
    me: int | None
    inside: Collection | None = None

    @property
    def _last(self) -> int:
        return (self.today - DAY_ZERO).days

    def mask(self, tree: Condition, path: str) -> Mask:
        match tree:
            case node.Not(part):
                return ~self.mask(part, f"{path}.not".lstrip("."))
            case node.All(parts):
                return self._joined(parts, path, "all", is_and=True)
            case node.Any(parts):
                return self._joined(parts, path, "any", is_and=False)
        try:
            return self._related(tree, path) if isinstance(tree, Related) else self._test(tree)
        except Refused as refused:
            raise refused if refused.field == "where" else placed(path, refused) from None

    def _joined(self, parts: tuple[Condition, ...], path: str, word: str, *, is_and: bool) -> Mask:
        joined = np.full(len(self.frame), is_and)
        for place, part in enumerate(parts):
            held = self.mask(part, f"{path}.{word}[{place}]".lstrip("."))
            joined = joined & held if is_and else joined | held
        return joined

    def _test(self, test: Test) -> Mask:
        field = self.frame.vocabulary.field(test.field)
        op = require_operator(field, test.op)
        meant = typed(field, op, test.value, self.today, self.me)
        if op == "changed":
            return self._changed(field, meant)
        return compared(field, op, self.frame.column(field.key), meant, self.today)

    def _changed(self, field: Field, change: Change) -> Mask:
        """Against the close of an earlier day, by what is known now about it."""
        then = self.today - timedelta(days=change.within_days)
        before = self.frame.earlier(At.close_of(then, known_by=self.frame.at.known_by))
        return moved(field, before.column(field.key), self.frame.column(field.key), change, self._last)

    def _related(self, tree: Related, path: str) -> Mask:
        return _holds(tree, self.counts(tree, path))

    def counts(self, tree: Related, path: str) -> Ints:
        collection = related_collection(tree, self.frame.vocabulary, self.inside)
        rows = self.frame.rows(collection.key)
        counted = np.ones(len(rows.owner), dtype=np.bool_)
        if tree.within_days is not None and rows.dated is not None:
            days = rows.dated.values
            counted = rows.dated.known & (days > self._last - tree.within_days) & (days <= self._last)
        if tree.where is not None:
            own = _OfRows(self.frame.at, collection.vocabulary, rows)
            here = f"{path}.{tree.quantifier} {tree.collection}".lstrip(".")
            counted = counted & _Asked(own, self.today, self.me, collection).mask(tree.where, here)
        times = None if rows.times is None else rows.times[counted]
        found = np.bincount(rows.owner[counted], times, len(self.frame))
        return found.astype(np.int64)


def _holds(tree: Related, count: Ints) -> Mask:
    match tree.quantifier:
        case "any":
            return plain("ge", count, 1)
        case "none":
            return plain("eq", count, 0)
    return plain(tree.op, count, tree.n)
