"""Many moments at once: the installation's days on which they fall."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.core import clock

Ints = npt.NDArray[np.int64]
_EPOCH = date(1970, 1, 1)
_MICROSECONDS = 86_400_000_000
_SENSIBLE = [(date(year, 1, 1) - _EPOCH).days * _MICROSECONDS for year in (1800, 3000)]
"""Moments outside count as the first or the last of these."""

_SPAN = 1_000
"""Days by which the remembered starts are cut, so that few tables of them are made."""


def days_of(moments: npt.NDArray[Any]) -> Ints:
    """Microseconds since 1970-01-01 UTC → days since then, as `clock.day_of` has them."""
    if not len(moments):
        return np.zeros(0, np.int64)
    told = np.clip(moments, _SENSIBLE[0], _SENSIBLE[1])
    # The zone's own day starts within a day of UTC's.
    first, last = int(told.min()) // _MICROSECONDS - 1, int(told.max()) // _MICROSECONDS + 1
    first -= first % _SPAN
    starts = _starts(clock.zone().key, first, last - last % _SPAN + 2 * _SPAN)
    found: Ints = np.searchsorted(starts, told, side="right").astype(np.int64) + (first - 1)
    return found


@lru_cache(maxsize=16)
def _starts(zone: str, first: int, end: int) -> Ints:
    """zone: the installation's; a key of what is remembered."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    days = (clock.start_of(_EPOCH + timedelta(days=day)) for day in range(first, end))
    return np.array([(start - epoch) // timedelta(microseconds=1) for start in days], np.int64)
