"""Half-open periods of days, and months that never drift.

A period holds its first day and not its last: the end of a contract is the first day without service. Periods that
touch therefore neither overlap nor leave a gap, and their days add up.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from firstwin.core import clock
from firstwin.core.errors import Refused


@dataclass(frozen=True, order=True)
class Period:
    """The days from `start` up to and without `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise Refused(f"A period ends after it starts: {self.start.isoformat()} to {self.end.isoformat()}.")

    @classmethod
    def through(cls, first: date, last: date) -> "Period":
        """From people's way of saying it, in which the last day belongs to it."""
        return cls(first, last + timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day that belongs to it."""
        return self.end - timedelta(days=1)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its first moment and the first one after it, in UTC: 23 or 25 hours on a day the clocks change."""
        return clock.start_of(self.start), clock.start_of(self.end)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(self.days))

    def overlaps(self, other: "Period") -> bool:
        return self.start < other.end and other.start < self.end

    def common(self, other: "Period") -> "Period | None":
        """The days both hold."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def split(self, *days: date) -> list["Period"]:
        """Cut at the start of each of `days`; those outside it cut nothing. The parts make up the whole."""
        cuts = sorted({day for day in days if self.start < day < self.end})
        edges = [self.start, *cuts, self.end]
        return [Period(start, end) for start, end in pairwise(edges)]

    def months(self, step: int = 1) -> list["Period"]:
        """Cut into months counted from its start (`step` at a time); the last part may be shorter."""
        if step < 1:
            raise Refused("A step is at least one month.")
        cuts = []
        n = step
        while (cut := add_months(self.start, n)) < self.end:
            cuts.append(cut)
            n += step
        return self.split(*cuts)


def add_months(anchor: date, months: int) -> date:
    """The same day `months` later, or the month's last day where it has none.

    Always count from the anchor, never from the result: 31 January gives 29 February and then 31 March.
    """
    years, month = divmod(anchor.month - 1 + months, 12)
    year = anchor.year + years
    if not 1 <= year <= 9999:
        raise Refused("That date is beyond the calendar.")
    return date(year, month + 1, min(anchor.day, calendar.monthrange(year, month + 1)[1]))


def month_of(day: date) -> Period:
    start = day.replace(day=1)
    return Period(start, add_months(start, 1))


def quarter_of(day: date, *, first_month: int = 1) -> Period:
    """The quarter of the fiscal year that starts in `first_month`."""
    start = add_months(day.replace(day=1), -((day.month - first_month) % 3))
    return Period(start, add_months(start, 3))


def fiscal_year_of(day: date, *, first_month: int = 1) -> Period:
    start = add_months(day.replace(day=1), -((day.month - first_month) % 12))
    return Period(start, add_months(start, 12))


def fiscal_name(day: date, *, first_month: int = 1) -> str:
    """`2024 Q2`. A fiscal year is named after the calendar year in which it ends."""
    year = fiscal_year_of(day, first_month=first_month)
    quarter = (day.month - first_month) % 12 // 3 + 1
    return f"{year.last.year} Q{quarter}"


def last_days(n: int, *, today: date) -> Period:
    """The last n days, today included."""
    return Period(today - timedelta(days=n - 1), today + timedelta(days=1))


def next_days(n: int, *, today: date) -> Period:
    """The next n days, today included."""
    return Period(today, today + timedelta(days=n))
