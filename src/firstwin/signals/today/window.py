"""Since when changes are told."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from firstwin.core import clock

_SATURDAY = 5
WEEK, MONTH = 7, 30
LABELS = {"day": "Last working day", "week": "7 days", "month": "30 days"}


@dataclass(frozen=True)
class Window:
    """since: the first day whose changes count.  today: the last one."""

    key: str
    since: date
    today: date

    @property
    def opened_at(self) -> datetime:
        return clock.start_of(self.since)

    @property
    def days(self) -> int:
        return (self.today - self.since).days

    @property
    def eve(self) -> date:
        """The day against whose close changes are told."""
        return self.since - timedelta(days=1)

    @property
    def words(self) -> str:
        """`since Friday, 20 November`: from the first moment of that day."""
        return f"since {self.since:%A}, {self.since.day} {self.since:%B}"


def window(key: str, today: date) -> Window:
    """`day` reaches back to the start of the last working day before today, so that what came on a Friday, after one
    looked, is told on Monday. An unknown key is `day`."""
    match key:
        case "week":
            return Window(key, today - timedelta(days=WEEK), today)
        case "month":
            return Window(key, today - timedelta(days=MONTH), today)
    return Window("day", last_working_day(today), today)


def last_working_day(today: date) -> date:
    """The last Monday to Friday before today; holidays are not known."""
    day = today - timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day -= timedelta(days=1)
    return day
