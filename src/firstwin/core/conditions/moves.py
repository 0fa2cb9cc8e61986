"""What changed, over columns: `changes`, said in numpy."""

from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from firstwin.core.conditions.changes import amount_of, moved_by
from firstwin.core.conditions.tree import Change
from firstwin.core.conditions.vectors import Array, Mask, present
from firstwin.core.fields import Field, Kind
from firstwin.core.frames import Column
from firstwin.core.money import exponent

_NEAR = 1e-9
"""How near, relatively, floats come to the least amount before decimals have to decide."""


def moved(field: Field, was: Column, now: Column, change: Change, last: int) -> Mask:
    """For which accounts the value changed.

    last: the day it is asked for, since 1970; `was` holds as of `change.within_days` before.
    """
    before, after = present(field, was), present(field, now)
    if change.by is None:
        differs = np.asarray(was.values != now.values, dtype=np.bool_)
        return np.where(before & after, differs, before != after)
    days = last - change.within_days, last
    known = np.flatnonzero(before & after)
    found = np.zeros(len(before), dtype=np.bool_)
    found[known] = _by(field, was.values[known], now.values[known], change.by, days)
    return found


def _by(field: Field, was: Array, now: Array, by: str, days: tuple[int, int]) -> Mask:
    least, is_share, sign = amount_of(by)
    first, second = _floats(field, was, days[0]), _floats(field, now, days[1])
    distance = (second - first) * sign
    need = float(least) * np.abs(first) if is_share else np.full(len(first), float(least))
    margin = _NEAR * (np.abs(first) + np.abs(second) + need)
    held: Mask = distance > need + margin
    near = np.abs(distance - need) <= margin
    if is_share or least == 0:  # where nothing moved there is nothing to decide
        near &= was != now if field.kind is not Kind.DAYS else distance != 0
    for place in np.flatnonzero(near):
        held[place] = moved_by(_exact(field, was[place], days[0]), _exact(field, now[place], days[1]), by)
    return held


def _floats(field: Field, values: Array, last: int) -> npt.NDArray[np.float64]:
    """In the unit one speaks in."""
    if field.kind is Kind.DAYS:
        values = last - values
    found = values.astype(np.float64)
    return found / 10 ** exponent(field.unit) if field.kind is Kind.MONEY else found


def _exact(field: Field, value: Any, last: int) -> Decimal:
    plain = value.item()
    match field.kind:
        case Kind.DAYS:
            return Decimal(last - plain)
        case Kind.MONEY:
            return Decimal(plain).scaleb(-exponent(field.unit))
    return Decimal(repr(plain)) if isinstance(plain, float) else Decimal(plain)
