"""Paid lines read once for many days: which of them were in force on a day, as known at a moment.

The same as the querysets of `revenue.models` say of one day (`standing`, `known_by`, `in_force`), by numbers.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.accounts.bulk import plain_rows
from firstwin.usage.lake.days import number_of
from firstwin.usage.metrics.asking import NEVER

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_OPEN = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, slots=True)
class Lines:
    """account: ids.  product: 0 for none.  quantity: NEVER where none is told.  starts, ends: days.  known, until:
    microseconds. What has no end ends at the largest number."""

    account: Ints
    product: Ints
    quantity: Ints
    starts: Ints
    ends: Ints
    known: Ints
    until: Ints

    def known_by(self, moment: datetime | None) -> Flags:
        """None: those that nothing has superseded."""
        if moment is None:
            return np.asarray(self.until == _OPEN)
        at = int(np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us").astype(np.int64))
        return np.asarray((self.known <= at) & (self.until > at))

    def in_force(self, on: date) -> Flags:
        day = number_of(on)
        return np.asarray((self.starts <= day) & (self.ends > day))

    def begun(self, on: date) -> Flags:
        """Those ever in force, up to the day."""
        return np.asarray((self.starts <= number_of(on)) & (self.ends != self.starts))


def read_lines(rows: Any) -> Lines:
    """rows: a queryset over lines, whatever was known of them when."""
    names = ("account_id", "product_id", "quantity", "starts_on", "ends_on", "known_at", "known_until")
    told = plain_rows(rows.values_list(*names))
    account, product, quantity, starts, ends, known, until = zip(*told, strict=True) if told else [()] * len(names)
    return Lines(
        account=np.array(account, np.int64),
        product=np.array([one or 0 for one in product], np.int64),
        quantity=np.array([NEVER if one is None else one for one in quantity], np.int64),
        starts=_moments(starts, "D"),
        ends=_moments(ends, "D"),
        known=_moments(known, "us"),
        until=_moments(until, "us"),
    )


def _moments(values: tuple[Any, ...], unit: str) -> Ints:
    plain = [
        value.astimezone(UTC).replace(tzinfo=None) if getattr(value, "tzinfo", None) else value for value in values
    ]
    found = np.array(plain, f"datetime64[{unit}]").astype(np.int64)  # None becomes the smallest number
    return np.where(found == NEVER, _OPEN, found)


def _naive(value: Any) -> Any:
    """SQLite gives moments without a zone, in UTC."""
    return value.astimezone(UTC).replace(tzinfo=None) if getattr(value, "tzinfo", None) else value
