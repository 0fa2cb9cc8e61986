"""The frame: every field of the vocabulary over some accounts, as of a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from firstwin.core.errors import Refused
from firstwin.core.fields import Vocabulary
from firstwin.core.frames import At, Column, Rows

Ints = npt.NDArray[np.int64]
__all__ = ["Frame", "Ints", "Rows", "Source", "taken", "unknown"]


class Source(Protocol):
    """What a frame asks for what it does not hold yet: a `Sitting`."""

    def column(self, key: str, at: At) -> Column: ...

    def rows(self, collection: str, at: At, places: Ints | None = None) -> Rows:
        """places: where rows are wanted; None: everywhere. More may be given than was asked for."""
        ...


@dataclass(slots=True)
class Frame:
    """accounts: ids, rising; columns and masks stand in this order.  Columns are worked out when first asked for.

    set_columns: signals computed so far (stage, segments …), which later ones may read.
    """

    accounts: Ints
    at: At
    vocabulary: Vocabulary
    source: Source
    _columns: dict[str, Column] = field(default_factory=dict)
    _rows: dict[str, Rows] = field(default_factory=dict)
    _others: dict[At, "Frame"] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.accounts)

    def column(self, key: str) -> Column:
        """One field. Raises Refused for a key nobody knows or that cannot be worked out of facts."""
        if key not in self._columns:
            self.vocabulary.field(key)
            self._columns[key] = self.source.column(key, self.at)
        return self._columns[key]

    def rows(self, collection: str) -> Rows:
        """The rows of a collection. Raises Refused as `column` does."""
        if collection not in self._rows:
            self.vocabulary.collection(collection)
            self._rows[collection] = self.source.rows(collection, self.at)
        return self._rows[collection]

    def rows_of(self, collection: str, places: Ints) -> Rows:
        """At least the rows of the accounts at these places: most questions about rows end at few accounts."""
        if collection in self._rows or len(places) * 2 > len(self):
            return self.rows(collection)
        self.vocabulary.collection(collection)
        return self.source.rows(collection, self.at, places)

    def set_columns(self, columns: Mapping[str, Column]) -> None:
        """Put signals in: what was computed now stands for what the source would say."""
        self._columns |= columns

    def earlier(self, at: At) -> "Frame":
        """The same accounts as of another moment, for what changed since."""
        if at not in self._others:
            self._others[at] = Frame(self.accounts, at, self.vocabulary, self.source)
        return self._others[at]

    def value(self, key: str, place: int) -> Any:
        """One value as plain Python; None where it is missing."""
        column = self.column(key)
        if not column.known[place]:
            return None
        found = column.values[place]
        return found.item() if isinstance(found, np.generic) else found


def unknown(key: str) -> Refused:
    return Refused(f"{key!r} cannot be told for a past day.")


def taken(column: Column, places: Sequence[int] | Ints) -> Column:
    """A part of a column."""
    return Column(column.values[places], column.known[places])
