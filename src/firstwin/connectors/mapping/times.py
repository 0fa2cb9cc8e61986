"""Days and moments as files write them. Nothing is guessed; what cannot be is refused with its reason."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from firstwin.core.errors import Refused

FIRST, LAST = 1900, 2200
"""Years outside of these are slips: a stamp in the wrong unit, a missing digit, a sentinel such as 9999-12-31."""

_EPOCHS = {"epoch_s": 1, "epoch_ms": 1_000}
_DIGITS = re.compile(r"-?\d{1,17}(\.\d{1,9})?")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_day(text: str, formats: Sequence[str]) -> date:
    """A calendar day. Raises Refused."""
    for form in formats:
        try:
            if form == "iso":
                if not _ISO_DAY.fullmatch(text):
                    continue
                return _likely_day(date.fromisoformat(text), text)
            return _likely_day(datetime.strptime(text, form).date(), text)  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise Refused(f"{_short(text)} is not a day written as {_forms(formats, '2024-02-29')}{_hint(text)}.")


def read_moment(text: str, formats: Sequence[str], zone: ZoneInfo, when_twice: str) -> datetime:
    """A moment in UTC. `zone` is for stamps that do not say theirs. Raises Refused."""
    for form in formats:
        if form in _EPOCHS:
            if _DIGITS.fullmatch(text):
                return _from_epoch(text, _EPOCHS[form])
            continue
        try:
            found = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
        if form == "iso" and len(text) < 10:
            continue
        _likely_day(found.date(), text)
        return in_utc(found, zone, when_twice)
    raise Refused(f"{_short(text)} is not a moment written as {_forms(formats, '2024-02-29T14:30:00Z')}{_hint(text)}.")


def in_utc(moment: datetime, zone: ZoneInfo, when_twice: str = "earlier") -> datetime:
    """`moment` in UTC; one without an offset is read in `zone`. Raises Refused where the clock skipped it."""
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    early, late = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early.astimezone(zone).replace(tzinfo=None) != moment:
        raise Refused(f"{moment:%Y-%m-%d %H:%M} does not exist in {zone.key}: the clocks skipped it.")
    if early != late and when_twice == "reject":
        raise Refused(f"{moment:%Y-%m-%d %H:%M} happened twice in {zone.key}: the clocks were set back.")
    return late if when_twice == "later" else early


def _from_epoch(text: str, per_second: int) -> datetime:
    try:
        found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(text) / per_second)
    except OverflowError:
        found = None
    if found is None or not FIRST <= found.year <= LAST:
        hint = " It looks like milliseconds." if per_second == 1 else ""
        raise Refused(f"{_short(text)} seconds since 1970 lie beyond the year {LAST}.{hint}" if per_second == 1 else
                      f"{_short(text)} milliseconds since 1970 lie beyond the year {LAST}.")  # fmt: skip
    if per_second == 1_000 and abs(float(text)) < 1e11 and found.year < 1974:
        raise Refused(f"{_short(text)} milliseconds are {found:%Y-%m-%d}. It looks like seconds.")
    return found


def _likely_day(day: date, text: str) -> date:
    if not FIRST <= day.year <= LAST:
        raise Refused(f"{_short(text)}: the year lies outside of {FIRST} to {LAST}.")
    return day


def _forms(formats: Sequence[str], iso: str) -> str:
    return " or ".join(iso if form == "iso" else form for form in formats)


def _hint(text: str) -> str:
    if re.search(r":\d{2}:6\d", text):
        return "; a minute has seconds 00 to 59"
    if re.match(r"\d{5,}-", text):
        return "; a year has four digits"
    if re.search(r"(^|\D)29\D0?2\D|\D0?2\D29(\D|$)", text):
        return "; not every year has a 29 February"
    return ""


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")
