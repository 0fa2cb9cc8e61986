"""How many rows of a collection each account has."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firstwin.core.conditions import Related
from firstwin.core.conditions.changes import no_past_of_rows
from firstwin.core.conditions.check import related_collection
from firstwin.core.conditions.mask import FrameLike, RowsLike, mask
from firstwin.core.conditions.vectors import DAY_ZERO
from firstwin.core.errors import Refused
from firstwin.core.fields import Vocabulary
from firstwin.core.frames import At, Column

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _OfRows:
    """The rows themselves, of which a condition is asked."""

    at: At
    vocabulary: Vocabulary
    found: RowsLike

    def __len__(self) -> int:
        return len(self.found.owner)

    @property
    def accounts(self) -> Ints:
        raise Refused("Rows have no accounts of their own.")

    def column(self, key: str) -> Column:
        return self.found.columns[key]

    def rows(self, collection: str) -> RowsLike:
        raise Refused(f"Rows have no {collection} of their own.")

    def earlier(self, at: At) -> FrameLike:
        raise no_past_of_rows(self.vocabulary.of)


def counted(frame: FrameLike, count: Related) -> Ints:
    """Per account of the frame; accounts without rows have 0."""
    collection = related_collection(count, frame.vocabulary)
    rows = frame.rows(collection.key)
    taken = np.ones(len(rows.owner), dtype=np.bool_)
    if count.within_days is not None and rows.dated is not None:
        last, days = (frame.at.on - DAY_ZERO).days, rows.dated.values
        taken = rows.dated.known & (days > last - count.within_days) & (days <= last)
    if count.where is not None:
        taken &= mask(count.where, _OfRows(frame.at, collection.vocabulary, rows))
    return np.bincount(rows.owner[taken], minlength=len(frame)).astype(np.int64)
