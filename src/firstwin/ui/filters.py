"""How values are written for people. Every filter takes None and answers with a dash, so cells stay aligned."""

import math
import zlib
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from firstwin.core import clock
from firstwin.core.money import Money

NOTHING = "–"
HUES = 12


def number(value: float | Decimal | None, places: int = 0) -> str:
    """12345.6 → 12,346. A true minus sign, so columns line up."""
    return NOTHING if value is None else f"{value:,.{places}f}".replace("-", "−")


def share(value: float | None, places: int = 0) -> str:
    """0.584 → 58%."""
    return NOTHING if value is None else number(value * 100, places) + "%"


def score(value: float | None) -> str:
    """74.9 → 74: a score in whole points, rounded down, for a band begins at its bound."""
    return NOTHING if value is None else number(math.floor(value))


def money(value: Money | None, short: bool = False) -> str:
    """$1,234.50, or short: $96.4K, $1.42M."""
    if value is None:
        return NOTHING
    size = abs(value.major)
    if not short or size < 1000:
        return value.format()
    scale, letter = next((s, word) for s, word in ((10**9, "B"), (10**6, "M"), (10**3, "K")) if size >= s)
    # The symbol as core writes it, before the figure and after the sign.
    lead = Money(0, value.currency).format(decimals=False)[:-1]
    figure = f"{size / scale:.{1 if size >= 10 * scale else 2}f}".rstrip("0").rstrip(".")
    return f"{'−' if value.minor < 0 else ''}{lead}{figure}{letter}"


def plural(count: int, one: str, many: str = "") -> str:
    """3 → 3 accounts: `{{ n | plural("account") }}`."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def day(value: date | datetime | None, year: str = "auto") -> str:
    """3 Jan, with the year when it is not this one (or always, with year="always")."""
    if value is None:
        return NOTHING
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    short = f"{on.day} {on:%b}"
    return short if year == "auto" and on.year == clock.today().year else f"{short} {on.year}"


def moment(value: datetime | None) -> str:
    """3 Jan 2026, 09:12, in the reader's time zone."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    return f"{local.day} {local:%b %Y, %H:%M}"


def clock_time(value: datetime | None) -> str:
    """09:12."""
    return NOTHING if value is None else f"{timezone.localtime(value):%H:%M}"


def exact(value: date | datetime | None) -> str:
    """The whole truth, for a title: a moment with its time, a day with its year."""
    return moment(value) if isinstance(value, datetime) else day(value, year="always")


def iso(value: date | datetime | None) -> str:
    """For the datetime attribute."""
    return "" if value is None else value.isoformat()


def ago(value: date | datetime | None) -> str:
    """today, yesterday, 5 days ago, in 3 weeks; for a moment also minutes and hours."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        seconds = (clock.now() - value).total_seconds()
        if abs(seconds) < 3600 * 12:
            return _short(seconds)
        value = timezone.localtime(value).date()
    return _days((clock.today() - value).days)


def _short(seconds: float) -> str:
    minutes = int(abs(seconds) // 60)
    if minutes < 1:
        return "just now" if seconds >= 0 else "in a moment"
    words = plural(minutes, "minute") if minutes < 60 else plural(minutes // 60, "hour")
    return f"{words} ago" if seconds > 0 else f"in {words}"


def _days(days: int) -> str:
    if days in (0, 1, -1):
        return {0: "today", 1: "yesterday", -1: "tomorrow"}[days]
    size = abs(days)
    if size < 14:
        words = plural(size, "day")
    elif size < 61:
        words = plural(size // 7, "week")
    elif size < 730:
        words = plural(round(size / 30.44), "month")
    else:
        words = plural(int(size / 365.25), "year")
    return f"{words} ago" if days > 0 else f"in {words}"


def duration(minutes: int | None) -> str:
    """95 → 1 h 35 min."""
    if minutes is None:
        return NOTHING
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


def size(count: int | None) -> str:
    """Bytes for people: 1.4 MB."""
    if count is None:
        return NOTHING
    amount = float(count)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def initials(name: str) -> str:
    """Ada Okafor → AO; for the avatar."""
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[:1].isalnum()]
    letters = words[:1] + words[1:][-1:]
    return "".join(word[0] for word in letters).upper() or "?"


def hue(seed: object) -> int:
    """A stable number from 0 to 11 for the avatar's colour."""
    return zlib.crc32(str(seed).encode()) % HUES


def is_current(address: str, here: str) -> bool:
    """Whether a link points to the page it stands on, whatever its query."""
    return address.split("?", 1)[0] == here


FILTERS: dict[str, Callable[..., Any]] = {
    "ago": ago,
    "clock_time": clock_time,
    "day": day,
    "duration": duration,
    "exact": exact,
    "iso": iso,
    "moment": moment,
    "money": money,
    "number": number,
    "plural": plural,
    "score": score,
    "share": share,
    "size": size,
}
