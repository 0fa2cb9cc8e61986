"""Some accounts of a frame as a frame of their own: what is asked of few is not worked out for all."""

from dataclasses import dataclass

import numpy as np

from firstwin.core.fields import Vocabulary
from firstwin.core.frames import At, Column
from firstwin.signals.frame.frame import Frame, Ints, Rows, taken


@dataclass(frozen=True, slots=True)
class Part:
    """places: of its accounts in the whole, rising."""

    whole: Frame
    places: Ints

    @property
    def at(self) -> At:
        return self.whole.at

    @property
    def vocabulary(self) -> Vocabulary:
        return self.whole.vocabulary

    @property
    def accounts(self) -> Ints:
        return self.whole.accounts[self.places]

    def __len__(self) -> int:
        return len(self.places)

    def column(self, key: str) -> Column:
        return taken(self.whole.column(key), self.places)

    def rows(self, collection: str) -> Rows:
        rows = self.whole.rows_of(collection, self.places)
        owner = np.searchsorted(self.places, rows.owner).clip(max=max(len(self.places) - 1, 0))
        mine = np.flatnonzero(self.places[owner] == rows.owner) if len(self.places) else np.zeros(0, np.int64)
        return Rows(
            owner[mine],
            rows.ids[mine],
            {key: taken(column, mine) for key, column in rows.columns.items()},
            None if rows.dated is None else taken(rows.dated, mine),
            None if rows.times is None else rows.times[mine],
        )

    def earlier(self, at: At) -> "Part":
        return Part(self.whole.earlier(at), self.places)
