"""When an event happened, and which day that was.

An element's own moment is `originalTimestamp`, else `timestamp`: text in ISO 8601 (without a zone: UTC), or a number
of seconds, milliseconds or microseconds since 1970, told apart by their size. A leap second (`:60`) is the second
after it. Where `sentAt` is there, too, the client's clock is corrected: received − (sent − original).

An element without a moment happened when it was received. One whose moment cannot be read, lies before the year 2000
or, corrected, more than a day ahead is refused. Up to a day ahead a clock runs fast: the moment of receiving counts.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from firstwin.core.clock import zone

Moments = npt.NDArray[np.int64]
"""Microseconds since 1970, UTC."""

MISSING: Final = np.iinfo(np.int64).min
BAD: Final = MISSING + 1

DAY = 86_400_000_000
EARLIEST = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_QUARTER = 900_000_000
"""Clocks change on a quarter of an hour, in UTC, everywhere since 1972."""


def micros(moment: datetime) -> int:
    return (moment - _ZERO) // _MICRO


def moment_of(micro: int) -> datetime:
    return _ZERO + timedelta(microseconds=micro)


def read_moments(said: Sequence[Any]) -> Moments:
    """Microseconds for what clients write; MISSING for null and empty text, BAD for what cannot be read."""
    found = _usual(said)
    if found is None:
        return np.fromiter(map(read_moment, said), dtype=np.int64, count=len(said))
    for row in np.flatnonzero(found == MISSING).tolist():
        found[row] = read_moment(said[row])
    return found


def _usual(said: Sequence[Any]) -> Moments | None:
    """Moments like 2026-03-05T14:30:00.123Z or …+00:00: the forms that the official clients send. Where a text turns
    out to be none, MISSING; None: most are not."""
    if not {str}.issuperset(map(type, said)):
        return None
    if len(set(map(len, said))) > 1:
        said = [text.replace("+00:00", "Z") for text in said]
    widths = set(map(len, said))
    form = _FORMS.get(widths.pop()) if len(widths) == 1 else None
    if form is None or not (text := "".join(said)).isascii():
        return None
    marks = np.frombuffer(text.encode(), dtype=np.uint8).reshape(-1, len(form)).T  # a row for each place of the text
    digits = marks[_DIGITS] - np.uint8(48)  # of what stands before "0" this is more than 9, too
    is_form = (digits <= 9).all(axis=0)
    for place in _MARKS[len(form)]:
        is_form &= marks[place] == form[place]
    year, month, day, hour, minute, second, milli = (_number(digits[start:end]) for start, end in pairwise(_ENDS))
    is_form &= (year > 0) & (month > 0) & (month <= 12) & (day > 0) & (hour < 24) & (minute < 60) & (second < 60)
    months = np.where(is_form, year * 12 + month - 1 - 1970 * 12, 0)
    low = int(months.min(initial=0))
    starts = np.arange(low, months.max(initial=0) + 2).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    first, after = (starts[months - low + n] for n in (0, 1))
    days = first + day - 1
    is_form &= days < after
    seconds = days * 86_400 + hour * 3_600 + minute * 60 + second
    found: Moments = np.where(is_form, seconds * 1_000_000 + milli * 1_000, MISSING)
    return found


def _number(digits: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Of digits, one row for each place."""
    found: npt.NDArray[np.int64] = digits[0].astype(np.int64)
    for row in digits[1:]:
        found = found * 10 + row
    return found


_FORMS = {24: b"0000-00-00T00:00:00.000Z", 29: b"0000-00-00T00:00:00.000+00:00"}
_DIGITS = [place for place, mark in enumerate(_FORMS[24]) if mark == 48]
_MARKS = {width: sorted({*range(width)}.difference(_DIGITS)) for width in _FORMS}
_ENDS = (0, 4, 6, 8, 10, 12, 14, 17)
"""Where the numbers of a moment begin and end among its digits."""


def read_moment(said: Any) -> int:
    """As `read_moments`, for one."""
    if said is None or said == "":
        return MISSING
    if isinstance(said, str):
        return _from_text(said.strip())
    if isinstance(said, int | float) and not isinstance(said, bool):
        return _from_number(said)
    return BAD


def _from_text(text: str) -> int:
    late = 0
    if ":60" in text[16:19]:
        text, late = text[:16] + ":59" + text[19:], 1_000_000
    try:
        moment = datetime.fromisoformat(text)
        return micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC)) + late
    except (ValueError, OverflowError):
        pass
    try:
        return _from_number(float(text))
    except ValueError:
        return BAD


def _from_number(value: float) -> int:
    size = abs(value)
    if not size < 1e18:  # also what is not a number
        return BAD
    factor = 1_000_000 if size < 1e11 else 1_000 if size < 1e14 else 1
    return int(value * factor)


def corrected(original: Moments, sent: Moments, received: Moments) -> Moments:
    """The moments at which events happened; BAD where that is no moment we believe."""
    has_both = (sent > BAD) & (original > BAD)
    moved = np.where(has_both, received - (np.where(has_both, sent, 0) - np.where(has_both, original, 0)), original)
    moved = np.where(original == MISSING, received, moved)
    is_believed = (moved >= EARLIEST) & (moved <= received + DAY) & (original != BAD)
    found: Moments = np.where(is_believed, np.minimum(moved, received), BAD)
    return found


def days_of(moments: Moments) -> npt.NDArray[np.int32]:
    """Days since 1970-01-01 in the installation's time zone."""
    quarters, place = np.unique(moments // _QUARTER, return_inverse=True)
    here = zone()
    shifts = [moment_of(int(quarter) * _QUARTER).astimezone(here).utcoffset() or timedelta(0) for quarter in quarters]
    shift = np.array([offset // _MICRO for offset in shifts], dtype=np.int64)
    local = moments + (shift[place] if len(shifts) else 0)
    days: npt.NDArray[np.int32] = (local // DAY).astype(np.int32)
    return days
