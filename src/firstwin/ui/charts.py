"""Geometry of charts over time. Templates only place the numbers: x in percent of the width, y in pixels.

Percentages let a chart fill any width without scripts and without stretching its words.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from firstwin.ui.filters import NOTHING, number

TOP, FOOT = 22, 2
"""Room above the highest step for the words of the step under the pointer, and below the ground line."""
MONTHS_APART = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)
DAYS_APART = (1, 2, 7, 14)
MOST_TICKS = 8


@dataclass(frozen=True)
class Tick:
    """A word under (or beside) the chart. is_spare: left out where it is narrow."""

    at: float
    label: str
    is_spare: bool = False


@dataclass(frozen=True)
class TimeAxis:
    """The days [start, end) laid over the width. today: where the mark stands, none when outside."""

    start: date
    end: date
    today: date | None = None

    def x(self, on: date | None) -> float:
        """Percent from the left, held inside the axis; none is the right edge."""
        if on is None or on >= self.end:
            return 100.0
        return round(100 * max(0, (on - self.start).days) / self.days, 3)

    def width(self, start: date, end: date | None) -> float:
        """Percent between two days."""
        return round(self.x(end) - self.x(start), 3)

    def holds(self, on: date | None) -> bool:
        return on is not None and self.start <= on < self.end

    @property
    def days(self) -> int:
        return max(1, (self.end - self.start).days)

    @cached_property
    def ticks(self) -> tuple[Tick, ...]:
        """Beginnings of days, months or years, at most eight."""
        days = [(on, words) for on, words in self._marked_days() if self.x(on) < 96]
        # Where it is narrow the years stay; where there are none, every other one.
        has_years = sum(words.isdigit() for _, words in days) > 1
        return tuple(
            Tick(self.x(on), words, not words.isdigit() if has_years else bool(place % 2))
            for place, (on, words) in enumerate(days)
        )

    def _marked_days(self) -> list[tuple[date, str]]:
        months = self.days / 30.44
        if months < 2.5:
            apart = next((step for step in DAYS_APART if self.days / step <= MOST_TICKS), 14)
            days = [self.start + timedelta(days=n) for n in range(0, self.days, apart)]
            return [(on, f"{on.day} {on:%b}") for on in days]
        apart = next((step for step in MONTHS_APART if months / step <= MOST_TICKS), MONTHS_APART[-1])
        first = -(-_month_number(self.start) // apart) * apart
        if date(first // 12, first % 12 + 1, 1) < self.start:
            first += apart
        marked = [date(n // 12, n % 12 + 1, 1) for n in range(first, _month_number(self.end) + 1, apart)]
        return [(on, f"{on.year}" if on.month == 1 else f"{on:%b}") for on in marked if on < self.end]


def time_axis(days: Sequence[date | None], *, today: date, least: int = 90, margin: float = 0.02) -> TimeAxis:
    """An axis that holds all of `days` and today, at least `least` days long, with a little air at both ends."""
    known = [day for day in days if day is not None] + [today]
    first, last = min(known), max(known)
    short = max(0, least - (last - first).days)
    air = max(1, round(((last - first).days + short) * margin))
    return TimeAxis(
        _moved(first, -air - short // 2), _moved(last, air + short - short // 2 + 1), today if first <= today else None
    )


# --- a value that holds until the next --------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """From `on` the value holds until the next step; none is not known. words: as people write it ("$96,400")."""

    on: date
    value: float | None
    words: str = ""
    note: str = ""


@dataclass(frozen=True)
class DrawnStep:
    """A step placed. y, height: of the filled box. rise: where the line comes from, none at the start."""

    step: Step
    until: date | None
    x: float
    width: float
    y: float
    box_y: float
    height: float
    rise: float | None
    is_ahead: bool

    @property
    def right(self) -> float:
        return round(self.x + self.width, 3)


@dataclass(frozen=True)
class StepChart:
    """What the macro `step_chart` draws."""

    axis: TimeAxis
    steps: tuple[DrawnStep, ...]
    levels: tuple[Tick, ...]
    ground: float
    height: int
    gutter: int

    @property
    def is_empty(self) -> bool:
        return not any(drawn.step.value is not None for drawn in self.steps)


def step_chart_of(
    steps: Sequence[Step], axis: TimeAxis, *, height: int = 168, write: Callable[[float], str] = number
) -> StepChart:
    """Place `steps` (in the order of their days) on the axis.

    Steps before the axis count with what still holds at its start; a step that begins after today is drawn as ahead.
    write: how a level of the scale is written.
    """
    seen = _within(steps, axis)
    known = [step.value for step in seen if step.value is not None]
    levels = _levels(min(known, default=0), max(known, default=0))
    low, high = levels[0], levels[-1]

    def y(value: float) -> float:
        return round(TOP + (height - TOP - FOOT) * (1 - (value - low) / (high - low)), 1)

    drawn: list[DrawnStep] = []
    before: float | None = None
    for place, step in enumerate(seen):
        until = seen[place + 1].on if place + 1 < len(seen) else None
        here = y(step.value) if step.value is not None else y(0)
        drawn.append(
            DrawnStep(
                step=step, until=until, x=axis.x(step.on), width=axis.width(step.on, until), y=here,
                box_y=min(here, y(0)), height=round(abs(y(0) - here), 1),
                rise=before if step.value is not None else None,
                is_ahead=axis.today is not None and step.on > axis.today,
            )
        )  # fmt: skip
        before = here if step.value is not None else None
    words = [write(level) for level in levels]
    gutter = round(max(len(word) for word in words) * 6.6) + 8
    return StepChart(
        axis, tuple(drawn), tuple(Tick(y(at), word) for at, word in zip(levels, words, strict=True)), y(0), height,
        gutter,
    )  # fmt: skip


def _within(steps: Sequence[Step], axis: TimeAxis) -> list[Step]:
    """Those that hold somewhere on the axis; today cuts a step in two, so that what lies ahead looks different."""
    first = max(0, bisect_right([step.on for step in steps], axis.start) - 1)
    seen = [step for step in steps[first:] if step.on < axis.end]
    today = axis.today
    if today is None or not axis.holds(today):
        return seen
    place = bisect_right([step.on for step in seen], today)
    if place == 0 or today + timedelta(days=1) >= axis.end:
        return seen
    tomorrow = today + timedelta(days=1)
    if place < len(seen) and seen[place].on == tomorrow:
        return seen
    held = seen[place - 1]
    return [*seen[:place], Step(tomorrow, held.value, held.words, "as known today"), *seen[place:]]


def _levels(low: float, high: float) -> list[float]:
    """Three to five round figures around zero that hold everything."""
    low, high = min(low, 0), max(high, 0)
    if low == high:
        return [0, 1]
    rough = (high - low) / 3
    power = 10.0 ** math.floor(math.log10(rough))
    apart = next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= rough)
    first, last = math.floor(low / apart), math.ceil(high / apart)
    return [n * apart for n in range(first, last + 1)]


# --- things that last, one row each -----------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """A bar over the days [start, end). look: solid, hatched, faint. level: its height as a share of the row."""

    start: date
    end: date | None
    words: str = ""
    look: str = "solid"
    tone: str = "accent"
    level: float = 1.0

    @property
    def size(self) -> float:
        """Its height in pixels: never so low that it cannot be seen."""
        return round(6 + 12 * min(1.0, max(0.0, self.level)), 1)


@dataclass(frozen=True)
class Mark:
    """A day on a row. look: diamond (it happens), flag (act before), dot."""

    on: date
    words: str
    look: str = "diamond"
    tone: str = "none"


@dataclass(frozen=True)
class BarRow:
    """One row of `span_bars`.  label: what it is; cells: figures beside it, as words; href: where it opens.

    says: the bar in words, for those who cannot see it.
    """

    label: str
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...] = ()
    hint: str = ""
    cells: tuple[str, ...] = ()
    href: str = ""
    says: str = ""
    is_faint: bool = False


@dataclass(frozen=True)
class Part:
    """A part of a whole, for `share_bar`."""

    label: str
    value: float
    tone: str = "accent"
    words: str = ""

    @property
    def written(self) -> str:
        return self.words or number(self.value)


def placed_parts(parts: Sequence[Part]) -> list[tuple[Part, float, float]]:
    """(part, x, width) in percent, those of nothing left out."""
    whole = sum(part.value for part in parts) or 1
    placed, x = [], 0.0
    for part in parts:
        width = 100 * part.value / whole
        if part.value:
            placed.append((part, round(x, 2), round(width, 2)))
        x += width
    return placed


def words_between(start: date, end: date | None, write: Callable[[date | None], str]) -> str:
    """`3 Jan 2025 to 3 Jan 2026`: for the twin of a bar."""
    return f"{write(start)} to {write(end)}" if end else f"from {write(start)}, no end" if start else NOTHING


def _month_number(on: date) -> int:
    return on.year * 12 + on.month - 1


def _moved(on: date, days: int) -> date:
    """A day further, held inside the calendar."""
    number_of = min(max(on.toordinal() + days, date.min.toordinal() + 400), date.max.toordinal() - 400)
    return date.fromordinal(number_of)
